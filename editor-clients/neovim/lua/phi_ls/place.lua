---A place in a buffer where something was asked for, and whether what has been typed since still fits the answer.
---
---It moves with edits above it, and is spoilt by anything but typing on behind it: an answer for it is stale then.
local M = {}

local namespace = vim.api.nvim_create_namespace('phi_ls.place')

---@class phi_ls.Place
---@field bufnr integer
---@field mark integer extmark at the place
---@field before string the line up to the place
---@field after string the line behind it

---Remember where the cursor of the current window is.
---@return phi_ls.Place
function M.here()
  local bufnr = vim.api.nvim_get_current_buf()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local line = vim.api.nvim_get_current_line()
  return {
    bufnr = bufnr,
    -- Left gravity: what is typed there comes behind the mark.
    mark = vim.api.nvim_buf_set_extmark(bufnr, namespace, row - 1, col, { right_gravity = false }),
    before = line:sub(1, col),
    after = line:sub(col + 1),
  }
end

---Give what tells this state of the text and the cursor of the current buffer from every other.
---@return string
function M.moment()
  return vim.b.changedtick .. ':' .. table.concat(vim.api.nvim_win_get_cursor(0), ':')
end

---@param place phi_ls.Place
function M.forget(place)
  if vim.api.nvim_buf_is_valid(place.bufnr) then
    vim.api.nvim_buf_del_extmark(place.bufnr, namespace, place.mark)
  end
end

---Give what has been typed from the place to the cursor, or nil if the place is spoilt.
---@param place phi_ls.Place
---@return string?
function M.typed(place)
  if vim.api.nvim_get_current_buf() ~= place.bufnr then
    return nil
  end
  local row, col = unpack(vim.api.nvim_buf_get_extmark_by_id(place.bufnr, namespace, place.mark, {}))
  local cursor_row, cursor_col = unpack(vim.api.nvim_win_get_cursor(0))
  cursor_row = cursor_row - 1
  if not row or cursor_row < row or (cursor_row == row and cursor_col < col) then
    return nil
  end
  local line = vim.api.nvim_buf_get_lines(place.bufnr, row, row + 1, false)[1]
  local behind = vim.api.nvim_get_current_line():sub(cursor_col + 1)
  if line:sub(1, col) ~= place.before or behind ~= place.after then
    return nil
  end
  local typed = vim.api.nvim_buf_get_text(place.bufnr, row, col, cursor_row, cursor_col, {})
  return table.concat(typed, '\n')
end

return M
