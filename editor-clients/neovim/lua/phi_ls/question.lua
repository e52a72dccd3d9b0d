---Questions of the server, such as whether to fetch a model: put when nobody is typing.
local M = {}

local METHOD = 'window/showMessageRequest'

---Set while the user waits for a question; it is put at once then.
M.expected = false

---Wait until the user pauses in Normal mode: Neovim's prompt would take the keys that were meant for the text.
---@param asking thread
local function wait(asking)
  vim.api.nvim_create_autocmd('CursorHold', {
    desc = 'Put the question of phi-ls',
    once = true,
    callback = function()
      vim.schedule(function()
        coroutine.resume(asking)
      end)
    end,
  })
  coroutine.yield()
end

---Handles `window/showMessageRequest`; Neovim calls it in a coroutine, and sends what it returns in the end.
function M.put(err, params, context, config)
  local asking, is_main = coroutine.running()
  if asking and not is_main and not M.expected then
    wait(asking)
  end
  M.expected = false
  if not vim.lsp.get_client_by_id(context.client_id) then
    return vim.NIL
  end
  return vim.lsp.handlers[METHOD](err, params, context, config)
end

return M
