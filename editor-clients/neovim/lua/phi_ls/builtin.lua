---Ghost text by Neovim itself, 0.12 and newer, kept from showing or inserting what is stale.
---
---Neovim asks and draws. By itself it keeps an old suggestion on the screen until a newer one comes, also when the
---answer is that there is none, and inserts it where it was asked for. Here each answer passes through `ghost_text`,
---and after each key Neovim is handed what of it fits the text at the cursor, as if the server had just said so.
local ghost_text = require('phi_ls.ghost_text')
local guard = require('phi_ls.guard')

local M = {}

M.ask, M.quiet = guard.ask, guard.quiet

---@param bufnr integer
---@param rests phi_ls.Rest[]
function M.show(bufnr, rests)
  local here = guard.position(bufnr)
  local items = {} ---@type table[]
  for _, rest in ipairs(rests) do
    table.insert(items, { insertText = rest.text, range = { start = here, ['end'] = here } })
  end
  guard.hand(bufnr, items)
end

---@param bufnr integer
function M.hide(bufnr)
  guard.hand(bufnr, {})
end

---Give the text that Neovim shows, the count behind it left out; nil if none.
---@param bufnr integer
---@return string?
local function on_screen(bufnr)
  local namespace = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')
  local mark = vim.api.nvim_buf_get_extmarks(bufnr, namespace, 0, -1, { details = true })[1]
  if not mark or not mark[4].virt_text then
    return nil
  end
  local lines = { mark[4].virt_text[1][1] }
  for _, line in ipairs(mark[4].virt_lines or {}) do
    table.insert(lines, line[1][1])
  end
  return table.concat(lines, '\n')
end

---@param bufnr integer
---@param rests phi_ls.Rest[]
---@return phi_ls.Rest?
function M.chosen(bufnr, rests)
  local text = on_screen(bufnr)
  for _, rest in ipairs(rests) do
    if rest.text == text then
      return rest
    end
  end
end

---@param bufnr integer
---@param rests phi_ls.Rest[]
---@param step integer
---@return integer? index of the one that is shown then; nil if it is another server's
function M.cycle(bufnr, rests, step)
  vim.lsp.inline_completion.select({ bufnr = bufnr, count = step })
  local rest = M.chosen(bufnr, rests)
  return rest and rest.index
end

---Accept the suggestion of another server.
---@param bufnr integer
---@return boolean
function M.accept_other(bufnr)
  return vim.lsp.inline_completion.get({ bufnr = bufnr })
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  guard.attach(client, bufnr)
  vim.lsp.inline_completion.enable(true, { bufnr = bufnr })
  local group = vim.api.nvim_create_augroup('phi_ls.ghost_text.' .. bufnr, {})
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'TextChangedP', 'CursorMovedI' }, {
    group = group,
    buffer = bufnr,
    callback = function()
      ghost_text.refresh(bufnr)
    end,
  })
  vim.api.nvim_create_autocmd('InsertLeave', {
    group = group,
    buffer = bufnr,
    callback = function()
      M.quiet(bufnr)
      ghost_text.forget(bufnr)
    end,
  })
end

---@param bufnr integer
function M.detach(bufnr)
  pcall(vim.api.nvim_del_augroup_by_name, 'phi_ls.ghost_text.' .. bufnr)
  guard.detach(bufnr)
end

return M
