---Whether suggestions are shown: everywhere, and in one buffer.
local options = require('phi_ls.options')

local M = {}

---@type boolean?
local everywhere

---@param bufnr integer
---@return boolean
function M.is_on(bufnr)
  local here = vim.b[bufnr].phi_ls_ghost_text
  if type(here) == 'boolean' then
    return here
  end
  if everywhere == nil then
    return options.get().ghost_text.enabled
  end
  return everywhere
end

---Switch to the other of on and off, in one buffer or everywhere; gives what holds now.
---@param bufnr integer
---@param only_here boolean
---@return boolean
function M.toggle(bufnr, only_here)
  local on = not M.is_on(bufnr)
  if only_here then
    vim.b[bufnr].phi_ls_ghost_text = on
  else
    everywhere = on
    for _, each in ipairs(vim.api.nvim_list_bufs()) do
      vim.b[each].phi_ls_ghost_text = nil
    end
  end
  return on
end

return M
