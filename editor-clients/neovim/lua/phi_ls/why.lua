---`:PhiLs why`: why nothing was suggested, newest first.
local clients = require('phi_ls.client')
local windows = require('phi_ls.window')

local M = {}

---@param decision table
---@return string
local function row(decision)
  local time = decision.time:match('T(%d+:%d+:%d+)') or decision.time
  local place = ('%d:%d'):format(decision.line + 1, decision.character + 1)
  local detail = decision.detail ~= '' and ' – ' .. decision.detail or ''
  return ('%s  %-8s %s%s'):format(time, place, decision.reason, detail)
end

---Show the decisions about the current buffer in a window.
function M.show()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = clients.any(bufnr)
  if not client then
    return
  end
  local argument = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
  clients.command(client, 'whyNoSuggestion', argument, function(message, result)
    local window = windows.open()
    local decisions = result and vim.tbl_map(row, result.decisions) or { message or 'no answer' }
    if #decisions == 0 then
      decisions = { 'Nothing has been asked in this buffer yet.' }
    end
    windows.set(window, table.concat(decisions, '\n'))
    windows.label(window, 'Suggestions, newest first (UTC)', 'q close')
  end, bufnr)
end

return M
