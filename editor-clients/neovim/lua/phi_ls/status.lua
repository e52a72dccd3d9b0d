---How the server is: for the statusline, and for `:PhiLs status`.
local clients = require('phi_ls.client')
local windows = require('phi_ls.window')

local M = {}

---@type table<integer, table> the last status by id of the client
local statuses = {}

local signs = { normal = '', busy = '…', warning = '!', error = '✗', inactive = '-' }

---@param client_id integer
---@param status table
function M.changed(client_id, status)
  statuses[client_id] = status
  vim.schedule(function()
    vim.cmd.redrawstatus({ bang = true })
    vim.api.nvim_exec_autocmds('User', { pattern = 'PhiLsStatus', modeline = false, data = status })
  end)
end

---@param client_id integer
function M.forget(client_id)
  statuses[client_id] = nil
  vim.cmd.redrawstatus({ bang = true })
end

---@param client_id integer
---@return table?
function M.of(client_id)
  return statuses[client_id]
end

---@return table?
function M.latest()
  local client = clients.of(vim.api.nvim_get_current_buf())
  return client and statuses[client.id]
end

---@return string
function M.statusline()
  local client = clients.of(vim.api.nvim_get_current_buf())
  if not client then
    return ''
  end
  local status = statuses[client.id]
  return 'phi' .. (status and signs[status.kind] or '')
end

---@param value any
---@return string
local function milliseconds(value)
  return type(value) == 'number' and ('%.0f ms'):format(value) or 'not measured yet'
end

---Give one line of the status, none for what the server does not say.
---@param label string
---@param value any
---@return string[]
local function row(label, value)
  local known = value ~= nil and value ~= vim.NIL and value ~= ''
  return known and { ('%-12s %s'):format(label, value) } or {}
end

---@param worker table
---@return string[]
local function worker_row(worker)
  local megabytes = (tonumber(worker.residentBytes) or 0) / 1e6
  return row('worker', ('%s, process %s, %.0f MB'):format(worker.state, worker.pid, megabytes))
end

---@param status table
---@return string[]
local function rows(status)
  local typing = type(status.typing) == 'table' and status.typing or nil
  local parts = {
    { status.message, '' },
    row('model', status.model),
    row('engine', status.engine),
    row('device', status.device),
    row('because', status.deviceReason),
    row('typing', typing and typing.model .. ': ' .. typing.reason),
    row('suggestions', status.suggestions),
    row('half within', milliseconds(status.p50Ms)),
    row('95% within', milliseconds(status.p95Ms)),
  }
  vim.list_extend(parts, vim.tbl_map(worker_row, status.workers))
  return vim.iter(parts):flatten():totable()
end

---Show the status in a window.
function M.show()
  local client = clients.any(vim.api.nvim_get_current_buf())
  if not client then
    return
  end
  clients.command(client, 'status', {}, function(message, result)
    if not result then
      vim.notify('phi-ls: ' .. (message or 'no answer'), vim.log.levels.ERROR)
      return
    end
    local window = windows.open()
    windows.set(window, table.concat(rows(result), '\n'))
    windows.label(window, 'phi-ls: ' .. result.kind, 'q close')
  end, vim.api.nvim_get_current_buf())
end

return M
