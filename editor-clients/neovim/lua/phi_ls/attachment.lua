---What happens in a buffer when the server is attached to it, and when it is gone.
local ghost_text = require('phi_ls.ghost_text')
local options = require('phi_ls.options')

local M = {}

---@type table<integer, { client_id: integer, renderer: phi_ls.Renderer }>
local buffers = {}

---Tells whether Neovim itself draws suggestions here.
---@return boolean
function M.is_builtin()
  return vim.lsp.inline_completion ~= nil and options.get().ghost_text.renderer ~= 'own'
end

---@param client_id integer
---@param bufnr integer
function M.detached(client_id, bufnr)
  local state = buffers[bufnr]
  if state and state.client_id == client_id then
    buffers[bufnr] = nil
    state.renderer.hide(bufnr)
    ghost_text.detach(bufnr)
    state.renderer.detach(bufnr)
  end
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attached(client, bufnr)
  if buffers[bufnr] then
    M.detached(buffers[bufnr].client_id, bufnr)
  end
  local renderer = require(M.is_builtin() and 'phi_ls.builtin' or 'phi_ls.own')
  buffers[bufnr] = { client_id = client.id, renderer = renderer }
  ghost_text.attach(bufnr, renderer)
  renderer.attach(client, bufnr)
end

return M
