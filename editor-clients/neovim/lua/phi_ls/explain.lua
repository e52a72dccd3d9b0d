---Explanations: asked for, written into a window while the model writes, stopped, and written anew.
local clients = require('phi_ls.client')
local windows = require('phi_ls.window')

local M = {}

local PREFIX = 'phi-ls.nvim.explain.'

local WRITING, DONE = 's stop · q close', 'r again · q close'

---@class phi_ls.Explanation
---@field client vim.lsp.Client
---@field bufnr integer of the code
---@field argument table of the command
---@field token string
---@field window phi_ls.Window
---@field request_id integer? while it is written

local made = 0

---The one that was asked for last.
---@type phi_ls.Explanation?
local current

---Give up what is being written; what there is of it stays on the screen.
function M.stop()
  local this = current
  if this and this.request_id then
    local id = this.request_id
    this.request_id = nil
    clients.cancel(this.client, id)
    windows.label(this.window, 'Stopped', DONE)
  end
end

---@param this phi_ls.Explanation
---@param message string?
---@param result table?
local function finish(this, message, result)
  if current ~= this or not this.request_id then
    return
  end
  this.request_id = nil
  if not result then
    windows.set(this.window, message or 'The server gave no answer.')
    windows.label(this.window, 'No explanation', DONE)
    return
  end
  local note = result.note and result.note ~= '' and ('\n\n---\n\n' .. result.note) or ''
  windows.set(this.window, result.text .. note)
  windows.highlight(this.window)
  local model = table.concat(
    vim.tbl_filter(function(word)
      return word ~= nil and word ~= ''
    end, { result.model, result.device }),
    ' · '
  )
  windows.label(this.window, 'Explained by ' .. model, DONE)
end

---@param this phi_ls.Explanation
---@param command 'explain'|'regenerate'
local function ask(this, command)
  local argument = vim.tbl_extend('force', this.argument, { token = this.token })
  windows.label(this.window, 'Explaining …', WRITING)
  -- Until the answer of `request` is there, any number says that it is being written.
  this.request_id = 0
  local id = clients.command(this.client, command, argument, function(message, result)
    finish(this, message, result)
  end, this.bufnr)
  if id then
    this.request_id = id
  else
    finish(this, 'The server is gone; `:PhiLs restart` starts it.')
  end
end

---Give the window of the explanation before, emptied, or a new one.
---@return phi_ls.Window
local function fresh_window()
  local window = current and windows.is_open(current.window) and current.window
  if window then
    vim.api.nvim_set_current_win(window.winid)
    vim.treesitter.stop(window.bufnr)
    windows.set(window, '')
    return window
  end
  window = windows.open()
  windows.map(window, 's', 'Stop', M.stop)
  windows.map(window, 'r', 'Explain again', M.regenerate)
  vim.api.nvim_create_autocmd('BufWipeout', { buffer = window.bufnr, callback = M.stop })
  return window
end

---Explain what the argument of the server's command says about a buffer.
---@param bufnr integer
---@param argument table
---@param command 'explain'|'regenerate'|nil
function M.run(bufnr, argument, command)
  local client = clients.of(bufnr)
  if not client then
    vim.notify('phi-ls is not attached to this buffer', vim.log.levels.WARN)
    return
  end
  M.stop()
  made = made + 1
  current = {
    client = client,
    bufnr = bufnr,
    argument = argument,
    token = PREFIX .. made,
    window = fresh_window(),
  }
  ask(current, command or 'explain')
end

---Have the last explanation written anew.
function M.regenerate()
  if current then
    M.run(current.bufnr, current.argument, 'regenerate')
  else
    vim.notify('phi-ls has explained nothing yet', vim.log.levels.WARN)
  end
end

---Explain lines of the current buffer, or what is at the cursor.
---@param first integer? counted from 1
---@param last integer?
function M.here(first, last)
  local bufnr = vim.api.nvim_get_current_buf()
  local argument = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
  local client = clients.of(bufnr)
  if first and last then
    -- Whole lines end where the next one begins.
    local start, stop = { line = first - 1, character = 0 }, { line = last, character = 0 }
    argument.range = { start = start, ['end'] = stop }
  elseif client then
    argument.position = vim.lsp.util.make_position_params(0, client.offset_encoding).position
  end
  M.run(bufnr, argument)
end

---Handles `$/progress`: pieces of an explanation are kept from Neovim's own handler.
function M.on_progress(err, params, context, config)
  local token = params and params.token
  if type(token) ~= 'string' or not vim.startswith(token, PREFIX) then
    return vim.lsp.handlers['$/progress'](err, params, context, config)
  end
  if current and current.token == token and current.request_id then
    windows.append(current.window, params.value.text or '')
  end
end

---Say in the window that no more comes.
---@param client_id integer
function M.server_ended(client_id)
  if current and current.client.id == client_id then
    finish(current, 'The server has ended while it wrote this. Press r to ask again.')
  end
end

return M
