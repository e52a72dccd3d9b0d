---Ghost text on Neovim 0.10 and 0.11, which have none of their own: asks the server while somebody types, and draws.
local clients = require('phi_ls.client')
local ghost_text = require('phi_ls.ghost_text')
local options = require('phi_ls.options')
local places = require('phi_ls.place')
local switch = require('phi_ls.switch')

local M = {}

local METHOD = 'textDocument/inlineCompletion'
local INVOKED, AUTOMATIC = 1, 2

local namespace = vim.api.nvim_create_namespace('phi_ls.ghost_text')

---@class phi_ls.Asking
---@field timer uv.uv_timer_t?
---@field request { id: integer?, place: phi_ls.Place }? the one whose answer counts
---@field asked string? where and at which change the last one was asked

---@type table<integer, phi_ls.Asking>
local asking = {}

---Give up the request on its way and the one that waits for the next key.
---@param bufnr integer
function M.quiet(bufnr)
  local state = asking[bufnr]
  if not state then
    return
  end
  if state.timer then
    state.timer:stop()
  end
  local request = state.request
  if request then
    state.request = nil
    places.forget(request.place)
    local client = clients.of(bufnr)
    if client and request.id then
      clients.cancel(client, request.id)
    end
  end
end

---@param bufnr integer
---@return boolean
local function is_typing_in(bufnr)
  local inserting = vim.startswith(vim.api.nvim_get_mode().mode, 'i')
  return inserting and vim.api.nvim_get_current_buf() == bufnr
end

---@param bufnr integer
---@param kind integer
local function request(bufnr, kind)
  local client, state = clients.of(bufnr), asking[bufnr]
  if not client or not state or not is_typing_in(bufnr) or not switch.is_on(bufnr) then
    return
  end
  M.quiet(bufnr)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding) ---@type table
  params.context = { triggerKind = kind }
  local this = { place = places.here() }
  state.request = this
  this.id = clients.request(client, METHOD, params, function(_, result)
    -- What has been superseded, dismissed or left is answered too.
    if state.request == this then
      state.request = nil
      if is_typing_in(bufnr) then
        ghost_text.offer(this.place, result)
      else
        places.forget(this.place)
      end
    end
  end, bufnr)
end

---@param bufnr integer
function M.ask(bufnr)
  request(bufnr, INVOKED)
end

---Show what of the suggestion still fits; where none does, ask when no other key follows.
---@param bufnr integer
local function changed(bufnr)
  if ghost_text.refresh(bufnr) then
    M.quiet(bufnr)
    return
  end
  local state = asking[bufnr]
  local here = places.moment()
  if state.asked == here then
    return
  end
  state.asked = here
  M.quiet(bufnr)
  state.timer = state.timer or assert(vim.uv.new_timer())
  local ask = vim.schedule_wrap(function()
    request(bufnr, AUTOMATIC)
  end)
  state.timer:start(options.get().ghost_text.debounce_ms, 0, ask)
end

---@param bufnr integer
local function left(bufnr)
  M.quiet(bufnr)
  ghost_text.forget(bufnr)
  M.hide(bufnr)
  asking[bufnr].asked = nil
end

---@param _ vim.lsp.Client
---@param bufnr integer
function M.attach(_, bufnr)
  asking[bufnr] = {}
  local group = vim.api.nvim_create_augroup('phi_ls.ghost_text.' .. bufnr, {})
  ---@param events string[]
  ---@param handler fun(bufnr: integer)
  local function on(events, handler)
    vim.api.nvim_create_autocmd(events, {
      group = group,
      buffer = bufnr,
      callback = function()
        handler(bufnr)
      end,
    })
  end
  on({ 'InsertEnter', 'TextChangedI', 'TextChangedP', 'CursorMovedI' }, changed)
  on({ 'InsertLeave', 'BufLeave' }, left)
end

---@param bufnr integer
function M.detach(bufnr)
  local state = asking[bufnr]
  if state then
    M.quiet(bufnr)
    if state.timer then
      state.timer:close()
    end
    asking[bufnr] = nil
    vim.api.nvim_del_augroup_by_name('phi_ls.ghost_text.' .. bufnr)
    M.hide(bufnr)
  end
end

---@param rest phi_ls.Rest
---@param total integer?
---@return [string, string][][] lines
local function drawn(rest, total)
  local lines = {} ---@type [string, string][][]
  local tab = (' '):rep(vim.bo.tabstop)
  for line in vim.gsplit(rest.text, '\n', { plain = true }) do
    local text = line:gsub('\t', tab)
    table.insert(lines, { { text, 'PhiLsGhostText' } })
  end
  if total then
    local count = (' (%d/%d)'):format(rest.index, total)
    table.insert(lines[#lines], { count, 'PhiLsGhostTextCount' })
  end
  return lines
end

---@param bufnr integer
---@param rests phi_ls.Rest[]
---@param total integer?
function M.show(bufnr, rests, total)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local lines = drawn(rests[1], total)
  vim.api.nvim_buf_set_extmark(bufnr, namespace, row - 1, col, {
    id = 1,
    virt_text = lines[1],
    virt_text_pos = 'inline',
    virt_lines = vim.list_slice(lines, 2),
    -- With `combine`, Neovim 0.10 draws it as the bracket in front of it, if matchparen has marked that.
    hl_mode = 'replace',
  })
end

---@param bufnr integer
function M.hide(bufnr)
  if vim.api.nvim_buf_is_valid(bufnr) then
    vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  end
end

---@param _ integer
---@param rests phi_ls.Rest[]
---@return phi_ls.Rest?
function M.chosen(_, rests)
  return rests[1]
end

---@param bufnr integer
---@param rests phi_ls.Rest[]
---@param step integer
---@return integer? index of the one that is shown then
function M.cycle(bufnr, rests, step)
  local rest = rests[step % math.max(#rests, 1) + 1]
  if rest then
    M.show(bufnr, { rest }, #rests)
  end
  return rest and rest.index
end

---There is none: what other servers suggest is drawn by somebody else.
---@return boolean
function M.accept_other()
  return false
end

return M
