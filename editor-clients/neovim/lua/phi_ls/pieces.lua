---The part of a suggestion that is accepted at once.
local M = {}

---@alias phi_ls.Piece 'word'|'line'

local patterns = {
  -- White space, then one run of what 'iskeyword' calls a word, or of other characters.
  word = [[^\_s*\%(\k\+\|\%(\k\@!\S\)\+\)]],
  -- With the line break in front of it, where the suggestion goes on in the next line.
  line = [[^\n\?[^\n]*]],
}

---Give the first word or line of a text; without `piece`, all of it.
---@param text string
---@param piece phi_ls.Piece?
---@return string
function M.first(text, piece)
  local found = piece and vim.fn.matchstr(text, assert(patterns[piece], 'word or line'))
  return found and found ~= '' and found or text
end

return M
