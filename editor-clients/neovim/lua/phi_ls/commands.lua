---`:PhiLs …`
local M = {}

---@type table<string, fun(arguments: table)>
local actions = {
  explain = function(arguments)
    local lines = arguments.range > 0
    local first, last = lines and arguments.line1 or nil, lines and arguments.line2 or nil
    require('phi_ls.explain').here(first, last)
  end,
  regenerate = function()
    require('phi_ls.explain').regenerate()
  end,
  stop = function()
    require('phi_ls.explain').stop()
  end,
  docstring = function()
    require('phi_ls.docstring').write()
  end,
  status = function()
    require('phi_ls.status').show()
  end,
  why = function()
    require('phi_ls.why').show()
  end,
  models = function()
    require('phi_ls.models').choose()
  end,
  restart = function()
    require('phi_ls.recovery').restart()
  end,
  toggle = function(arguments)
    local only_here = arguments.fargs[2] == 'buffer'
    local on = require('phi_ls.switch').toggle(vim.api.nvim_get_current_buf(), only_here)
    if not on then
      require('phi_ls').dismiss()
    end
    local where = only_here and ' in this buffer' or ''
    vim.notify(('phi-ls: suggestions are %s%s'):format(on and 'on' or 'off', where))
  end,
}

---@param arguments table of |nvim_create_user_command()|
function M.run(arguments)
  local action = actions[arguments.fargs[1]]
  if action then
    action(arguments)
  else
    local known = table.concat(M.complete('', 'PhiLs '), ', ')
    vim.notify(('phi-ls: `%s` is none of %s'):format(arguments.args, known), vim.log.levels.ERROR)
  end
end

---@param lead string
---@param line string up to the cursor
---@return string[]
function M.complete(lead, line)
  local words = #vim.split(line:gsub('^.-PhiLs%s*', ''), '%s+')
  local known = words == 1 and vim.tbl_keys(actions) or {}
  if words == 2 and line:find('PhiLs%s+toggle%s') then
    known = { 'buffer' }
  end
  table.sort(known)
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, known)
end

return M
