---What `vim.g.phi_ls` or `setup()` ask for, over the defaults.
local M = {}

---@class phi_ls.GhostTextOptions
---@field enabled boolean suggestions are shown
---@field renderer 'auto'|'builtin'|'own' who shows them; `auto`: Neovim itself where it can (0.12)
---@field debounce_ms integer how long to wait for the next key before asking; of the plugin's own renderer

---@class phi_ls.ExplainOptions
---@field window 'float'|'split'|'vsplit' where explanations are written

---@class phi_ls.Options
---@field ghost_text phi_ls.GhostTextOptions
---@field explain phi_ls.ExplainOptions
---@field restarts integer how often in three minutes a server that died is started again

---@type phi_ls.Options
local defaults = {
  ghost_text = { enabled = true, renderer = 'auto', debounce_ms = 30 },
  explain = { window = 'float' },
  restarts = 3,
}

local choices = {
  ['ghost_text.renderer'] = { 'auto', 'builtin', 'own' },
  ['explain.window'] = { 'float', 'split', 'vsplit' },
}

---@type phi_ls.Options?
local resolved

---Say what is wrong with a value, if anything is.
---@param key string
---@param value any
---@param default any
---@return string?
local function complaint(key, value, default)
  if default == nil then
    return ('there is no option `%s`'):format(key)
  end
  if type(value) ~= type(default) then
    return ('`%s` must be a %s'):format(key, type(default))
  end
  local allowed = choices[key]
  if allowed and not vim.tbl_contains(allowed, value) then
    return ('`%s` must be one of %s'):format(key, table.concat(allowed, ', '))
  end
  if type(value) == 'number' and (value < 0 or value ~= math.floor(value)) then
    return ('`%s` must be a whole number, 0 or more'):format(key)
  end
end

---Take what is good of the given options into `into`, and tell of the rest.
---@param into table
---@param given table
---@param prefix string
---@param complaints string[]
local function take(into, given, prefix, complaints)
  for name, value in pairs(given) do
    local key = prefix .. tostring(name)
    local wrong = complaint(key, value, into[name])
    if wrong then
      table.insert(complaints, wrong)
    elseif type(value) == 'table' then
      take(into[name], value, key .. '.', complaints)
    else
      into[name] = value
    end
  end
end

---Make these options the ones that hold; bad ones are named in one message and left at their default.
---@param given table
function M.set(given)
  local complaints = {} ---@type string[]
  resolved = vim.deepcopy(defaults)
  take(resolved, given, '', complaints)
  if #complaints > 0 then
    table.sort(complaints)
    vim.notify(('phi_ls: %s'):format(table.concat(complaints, '; ')), vim.log.levels.WARN)
  end
end

---@return phi_ls.Options
function M.get()
  if not resolved then
    M.set(type(vim.g.phi_ls) == 'table' and vim.g.phi_ls or {})
  end
  return assert(resolved)
end

return M
