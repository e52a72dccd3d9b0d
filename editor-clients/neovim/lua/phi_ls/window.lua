---A window with text that phi-ls or its model wrote. It is shown as it is: nothing in it is hidden or carried out.
local options = require('phi_ls.options')

local M = {}

local MAX_WIDTH, MAX_HEIGHT, MIN_HEIGHT = 96, 24, 3

---@class phi_ls.Window
---@field bufnr integer
---@field winid integer
---@field float boolean

---@return integer bufnr
local function make_buffer()
  local bufnr = vim.api.nvim_create_buf(false, true)
  -- The text is not to be trusted: no modeline, and no file type that plugins would act on.
  vim.bo[bufnr].modeline = false
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].undolevels = -1
  return bufnr
end

---@return integer
local function max_height()
  return math.max(MIN_HEIGHT, math.min(MAX_HEIGHT, vim.o.lines - vim.o.cmdheight - 6))
end

---@return table
local function float_config()
  local width = math.min(MAX_WIDTH, vim.o.columns - 6)
  local height = max_height()
  return {
    relative = 'editor',
    width = math.max(width, 20),
    height = MIN_HEIGHT,
    row = math.max(0, math.floor((vim.o.lines - height) / 2) - 1),
    col = math.max(0, math.floor((vim.o.columns - width) / 2)),
    border = 'rounded',
    title = ' phi-ls ',
    footer = '',
  }
end

---@param bufnr integer
---@param layout string
---@return integer winid
local function make_window(bufnr, layout)
  if layout == 'float' then
    return vim.api.nvim_open_win(bufnr, true, float_config())
  end
  local side = layout == 'vsplit' and 'right' or 'below'
  return vim.api.nvim_open_win(bufnr, true, { split = side })
end

---Open a window and go there. `q` closes it.
---@param layout 'float'|'split'|'vsplit'|nil what the options say
---@return phi_ls.Window
function M.open(layout)
  layout = layout or options.get().explain.window
  local bufnr = make_buffer()
  local winid = make_window(bufnr, layout)
  local locals = vim.wo[winid][0]
  locals.wrap, locals.linebreak, locals.spell, locals.list = true, true, false, false
  locals.number, locals.relativenumber, locals.signcolumn = false, false, 'no'
  -- Markdown's highlighting would hide links and fences.
  locals.conceallevel, locals.concealcursor, locals.foldenable = 0, '', false
  local window = { bufnr = bufnr, winid = winid, float = layout == 'float' }
  M.map(window, 'q', 'Close', function()
    M.close(window)
  end)
  return window
end

---@param window phi_ls.Window
---@return boolean
function M.is_open(window)
  return vim.api.nvim_win_is_valid(window.winid) and vim.api.nvim_win_get_buf(window.winid) == window.bufnr
end

---@param window phi_ls.Window
function M.close(window)
  if M.is_open(window) and #vim.api.nvim_list_wins() > 1 then
    vim.api.nvim_win_close(window.winid, true)
  end
end

---@param window phi_ls.Window
---@param key string
---@param desc string
---@param action fun()
function M.map(window, key, desc, action)
  vim.keymap.set('n', key, action, { buffer = window.bufnr, nowait = true, desc = desc })
end

---Say what the window shows, and which keys do something in it.
---@param window phi_ls.Window
---@param heading string
---@param keys string
function M.label(window, heading, keys)
  if not M.is_open(window) then
    return
  end
  if window.float then
    vim.api.nvim_win_set_config(window.winid, {
      title = (' %s '):format(heading),
      footer = (' %s '):format(keys),
    })
  else
    local bar = ('%s  ·  %s'):format(heading, keys):gsub('%%', '%%%%')
    vim.wo[window.winid][0].winbar = bar
  end
end

---Make a floating window as high as its text is.
---@param window phi_ls.Window
local function fit(window)
  if window.float and M.is_open(window) then
    local height = vim.api.nvim_win_text_height(window.winid, {}).all
    vim.api.nvim_win_set_height(window.winid, math.max(MIN_HEIGHT, math.min(height, max_height())))
  end
end

---@param window phi_ls.Window
---@param change fun(bufnr: integer)
local function write(window, change)
  if not vim.api.nvim_buf_is_valid(window.bufnr) then
    return
  end
  local cursor = M.is_open(window) and vim.api.nvim_win_get_cursor(window.winid)
  vim.bo[window.bufnr].modifiable = true
  change(window.bufnr)
  vim.bo[window.bufnr].modifiable = false
  if cursor then
    -- Who reads stays where they are: text that is added would take the cursor along.
    cursor[1] = math.min(cursor[1], vim.api.nvim_buf_line_count(window.bufnr))
    vim.api.nvim_win_set_cursor(window.winid, cursor)
  end
  fit(window)
end

---Replace the whole text.
---@param window phi_ls.Window
---@param text string
function M.set(window, text)
  write(window, function(bufnr)
    vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, '\n', { plain = true }))
  end)
end

---Add text at the end.
---@param window phi_ls.Window
---@param text string
function M.append(window, text)
  write(window, function(bufnr)
    local last = vim.api.nvim_buf_get_lines(bufnr, -2, -1, false)[1]
    local row = vim.api.nvim_buf_line_count(bufnr) - 1
    local lines = vim.split(text, '\n', { plain = true })
    vim.api.nvim_buf_set_text(bufnr, row, #last, row, #last, lines)
  end)
end

---Highlight the text as Markdown.
---@param window phi_ls.Window
function M.highlight(window)
  if vim.api.nvim_buf_is_valid(window.bufnr) then
    if not pcall(vim.treesitter.start, window.bufnr, 'markdown') then
      vim.bo[window.bufnr].syntax = 'markdown'
    end
  end
end

return M
