---Inserts accepted text at the cursor.
local M = {}

---Insert a text as one step that `u` takes back alone, and put the cursor behind it.
---@param text string
function M.insert(text)
  local bufnr = vim.api.nvim_get_current_buf()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local lines = vim.split(text, '\n', { plain = true })
  -- Setting the option, to whatever value, ends the undo step of what was typed before.
  vim.bo[bufnr].undolevels = vim.bo[bufnr].undolevels
  vim.api.nvim_buf_set_text(bufnr, row - 1, col, row - 1, col, lines)
  local last = #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { row + #lines - 1, #lines == 1 and col + last or last })
  -- And CTRL-G u the step of the text itself, before anything else is typed.
  vim.api.nvim_feedkeys(vim.keycode('<C-g>u'), 'in', false)
end

return M
