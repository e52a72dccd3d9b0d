---Stands between Neovim's own inline completion and the server: of what it asks, answers come here first.
local clients = require('phi_ls.client')
local ghost_text = require('phi_ls.ghost_text')
local places = require('phi_ls.place')
local switch = require('phi_ls.switch')

local M = {}

local METHOD = 'textDocument/inlineCompletion'
local INVOKED = 1

---@alias phi_ls.Send fun(params: table, handler: function, bufnr: integer): boolean, integer?

---@class phi_ls.Guarded
---@field client vim.lsp.Client
---@field latest { id: integer?, place: phi_ls.Place }? the request whose answer counts
---@field hand (fun(items: table[]))? gives Neovim an answer

---@type table<integer, phi_ls.Guarded>
local buffers = {}

---How the clients send a request to their servers.
---@type table<integer, phi_ls.Send>
local senders = {}

---Hand Neovim the items to show in a buffer, none to hide.
---@param bufnr integer
---@param items table[]
function M.hand(bufnr, items)
  local state = buffers[bufnr]
  -- Somebody may have switched it off and on since it asked: what is called here then belongs to what is no more.
  if state and state.hand and not pcall(state.hand, items) then
    state.hand = nil
  end
end

---Give the cursor's position as the server of a buffer counts.
---@param bufnr integer
---@return lsp.Position
function M.position(bufnr)
  return vim.lsp.util.make_position_params(0, buffers[bufnr].client.offset_encoding).position
end

---Make the answer that is on its way count no more.
---@param bufnr integer
function M.quiet(bufnr)
  local state = buffers[bufnr]
  local latest = state and state.latest
  if not state or not latest then
    return
  end
  state.latest = nil
  places.forget(latest.place)
  local request = state.client.requests[latest.id]
  if request and request.type == 'pending' then
    clients.cancel(state.client, latest.id)
  end
end

---Send a request whose answer goes to `ghost_text`.
---@param bufnr integer
---@param params table
---@return boolean sent
---@return integer? id
local function send(bufnr, params)
  M.quiet(bufnr)
  local state = buffers[bufnr]
  if not switch.is_on(bufnr) or vim.api.nvim_get_current_buf() ~= bufnr then
    return false
  end
  local this = { place = places.here() }
  state.latest = this
  local sent, id = senders[state.client.id](params, function(_, result)
    if state.latest == this then
      state.latest = nil
      if not ghost_text.offer(this.place, result) then
        M.hand(bufnr, {})
      end
    end
  end, bufnr)
  this.id = id
  return sent, id
end

---@param bufnr integer
function M.ask(bufnr)
  if buffers[bufnr] then
    send(bufnr, {
      textDocument = vim.lsp.util.make_text_document_params(bufnr),
      position = M.position(bufnr),
      context = { triggerKind = INVOKED },
    })
  end
end

---Have what Neovim asks through a client pass through here.
---@param client vim.lsp.Client
local function intercept(client)
  local original = client.request
  senders[client.id] = function(params, handler, bufnr)
    return original(client, METHOD, params, handler, bufnr)
  end
  ---@diagnostic disable-next-line: duplicate-set-field
  client.request = function(self, method, params, handler, bufnr)
    local state = buffers[bufnr]
    if method ~= METHOD or not handler or not state then
      return original(self, method, params, handler, bufnr)
    end
    local context = { method = METHOD, client_id = client.id, bufnr = bufnr }
    state.hand = function(items)
      handler(nil, { items = items }, context)
    end
    -- Neovim asks a while after a key; meanwhile the user may have said no.
    if ghost_text.is_dismissed() then
      return false
    end
    return send(bufnr, params)
  end
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  if not senders[client.id] then
    intercept(client)
  end
  buffers[bufnr] = { client = client }
end

---@param bufnr integer
function M.detach(bufnr)
  M.quiet(bufnr)
  buffers[bufnr] = nil
end

return M
