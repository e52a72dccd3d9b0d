---phi-ls in Neovim: what mappings, statuslines and configurations call.
local M = {}

---Set options (`:help phi_ls-options`) and enable the server. Not needed: `vim.g.phi_ls` and `enable()` do the same.
---@param given table?
function M.setup(given)
  require('phi_ls.options').set(given or {})
  M.enable()
end

---Start the server for files that are opened; `config` is merged into that of `lsp/phi_ls.lua`.
---@param config table?
function M.enable(config)
  if vim.lsp.enable then
    vim.lsp.config('phi_ls', config or {})
    vim.lsp.enable('phi_ls')
  else
    require('phi_ls.older').enable(config or {})
  end
end

---Insert the suggestion on the screen, or a piece of it; tells whether there was one.
---@param piece phi_ls.Piece?
---@return boolean
function M.accept(piece)
  return require('phi_ls.ghost_text').accept(piece)
end

---Give the keys that accept the suggestion on the screen, or others if there is none: for a mapping with `expr`.
---@param keys string
---@return string
function M.accept_or(keys)
  return M.visible() and "<Cmd>lua require('phi_ls').accept()<CR>" or keys
end

---Tells whether a suggestion is on the screen.
---@return boolean
function M.visible()
  return require('phi_ls.ghost_text').visible()
end

---Show the next suggestion, or with a negative number an earlier one.
---@param step integer
function M.cycle(step)
  require('phi_ls.ghost_text').cycle(step)
end

---Take the suggestion off the screen until the text or the cursor changes.
function M.dismiss()
  require('phi_ls.ghost_text').dismiss()
end

---Ask for a suggestion, also where the server's settings want it asked for by hand.
function M.request()
  require('phi_ls.ghost_text').request()
end

---Give a few characters for the statusline: how phi-ls is in the current buffer.
---@return string
function M.statusline()
  return require('phi_ls.status').statusline()
end

---Give the last status object of the server of the current buffer.
---@return table?
function M.status()
  return require('phi_ls.status').latest()
end

return M
