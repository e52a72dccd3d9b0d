---`:PhiLs docstring`: documentation for the declaration at the cursor.
local clients = require('phi_ls.client')

local M = {}

---Have it written; the server makes the edit, unless the buffer has changed meanwhile.
function M.write()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = clients.of(bufnr)
  if not client then
    vim.notify('phi-ls is not attached to this buffer', vim.log.levels.WARN)
    return
  end
  local argument = {
    textDocument = vim.lsp.util.make_text_document_params(bufnr),
    position = vim.lsp.util.make_position_params(0, client.offset_encoding).position,
  }
  clients.command(client, 'docstring', argument, function(message, result)
    if not result then
      vim.notify('phi-ls: ' .. (message or 'no answer'), vim.log.levels.ERROR)
    elseif not result.applied then
      vim.notify('phi-ls: the documentation was not inserted', vim.log.levels.WARN)
    end
  end, bufnr)
end

return M
