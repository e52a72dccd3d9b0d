---`:PhiLs models`: which model answers.
local clients = require('phi_ls.client')
local question = require('phi_ls.question')

local M = {}

---@param message string
local function failed(message)
  vim.notify('phi-ls: ' .. message, vim.log.levels.ERROR)
end

---@param model table
---@param selected string
---@return string
local function line(model, selected)
  local size = (tonumber(model.size_bytes) or 0) / 1e9
  local state = model.installed and 'installed' or 'can be fetched'
  local mark = model.id == selected and ' (selected)' or ''
  return ('%s – %s, %.1f GB, %s%s'):format(model.id, state, size, model.license, mark)
end

---@param client vim.lsp.Client
---@param id string
---@param bufnr integer
local function select(client, id, bufnr)
  -- A model that is not there: the server asks whether to fetch it.
  question.expected = true
  clients.command(client, 'selectModel', { model = id }, function(message, result)
    question.expected = false
    if not result then
      failed(message or 'no answer')
    elseif result.selected == id then
      vim.notify('phi-ls: ' .. id .. ' answers from now on')
    end
  end, bufnr)
end

---Let the user choose one of all models; one that is not installed is fetched after the server has asked.
function M.choose()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = clients.any(bufnr)
  if not client then
    return
  end
  clients.command(client, 'selectModel', {}, function(message, result)
    if not result then
      failed(message or 'no answer')
      return
    end
    local choices = vim.list_extend({ { id = 'auto' } }, result.models)
    vim.ui.select(choices, {
      prompt = 'Model of phi-ls',
      format_item = function(model)
        local is_auto = model.id == 'auto'
        local mark = result.selected == 'auto' and ' (selected)' or ''
        return is_auto and 'auto – the built-in one' .. mark or line(model, result.selected)
      end,
    }, function(model)
      if model then
        select(client, model.id, bufnr)
      end
    end)
  end, bufnr)
end

return M
