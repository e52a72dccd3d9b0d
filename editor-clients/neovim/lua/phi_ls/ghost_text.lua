---The suggestion of each buffer, whoever draws it: what of it is left behind the cursor, and what is done with it.
local insertion = require('phi_ls.insertion')
local pieces = require('phi_ls.pieces')
local places = require('phi_ls.place')

local M = {}

---@class phi_ls.Rest
---@field text string what a suggestion would add at the cursor
---@field index integer of the suggestion among those that were offered

---Who asks the server and draws.
---@class phi_ls.Renderer
---@field attach fun(client: vim.lsp.Client, bufnr: integer)
---@field detach fun(bufnr: integer)
---@field show fun(bufnr: integer, rests: phi_ls.Rest[]) the first one
---@field hide fun(bufnr: integer)
---@field chosen fun(bufnr: integer, rests: phi_ls.Rest[]): phi_ls.Rest? the one that is on the screen
---@field cycle fun(bufnr: integer, rests: phi_ls.Rest[], step: integer): integer? show another one; its index
---@field accept_other fun(bufnr: integer): boolean accept what another server suggests
---@field ask fun(bufnr: integer) the user asks
---@field quiet fun(bufnr: integer) forget what has been asked

---@class phi_ls.Suggestions
---@field renderer phi_ls.Renderer
---@field place phi_ls.Place?
---@field texts string[]
---@field index integer of the one to show
---@field dismissed string? the moment at which the user wanted none

---@type table<integer, phi_ls.Suggestions>
local buffers = {}

---@param bufnr integer
---@param renderer phi_ls.Renderer
function M.attach(bufnr, renderer)
  buffers[bufnr] = { renderer = renderer, texts = {}, index = 1 }
end

---@param bufnr integer
function M.detach(bufnr)
  M.forget(bufnr)
  buffers[bufnr] = nil
end

---Drop the suggestions of a buffer, without drawing.
---@param bufnr integer
function M.forget(bufnr)
  local state = buffers[bufnr]
  if state then
    state.dismissed = nil
  end
  if state and state.place then
    places.forget(state.place)
    state.place, state.texts, state.index = nil, {}, 1
  end
end

---Give the texts of an answer of the server. It inserts at the place that was asked for, and replaces nothing.
---@param result any
---@return string[]
local function texts_of(result)
  local texts = {} ---@type string[]
  local items = type(result) == 'table' and (result.items or result) or {}
  for _, item in ipairs(items) do
    -- In a file with CRLF the text has these too; a buffer has lines.
    if type(item.insertText) == 'string' then
      local text = item.insertText:gsub('\r\n?', '\n')
      table.insert(texts, text)
    end
  end
  return texts
end

---Give what is left of the suggestions, the one to show first; empty if nothing fits what has been typed.
---@param state phi_ls.Suggestions
---@return phi_ls.Rest[]
local function rests_of(state)
  local rests = {} ---@type phi_ls.Rest[]
  local typed = state.place and places.typed(state.place)
  for step = 0, typed and #state.texts - 1 or -1 do
    local index = (state.index + step - 1) % #state.texts + 1
    local text = state.texts[index]
    if #text > #typed and vim.startswith(text, typed) then
      table.insert(rests, { text = text:sub(#typed + 1), index = index })
    end
  end
  return rests
end

---Show what still fits after the text or the cursor has changed; tells whether anything does.
---@param bufnr integer
---@return boolean
function M.refresh(bufnr)
  local state = buffers[bufnr]
  local rests = state and rests_of(state) or {}
  if #rests > 0 then
    state.index = rests[1].index
    state.renderer.show(bufnr, rests)
    return true
  end
  if state and state.place then
    M.forget(bufnr)
    state.renderer.hide(bufnr)
  end
  return false
end

---Take the server's answer for a place; tells whether anything of it is shown.
---@param place phi_ls.Place
---@param result any
---@return boolean
function M.offer(place, result)
  local state = buffers[place.bufnr]
  if not state then
    places.forget(place)
    return false
  end
  M.forget(place.bufnr)
  state.place, state.texts = place, texts_of(result)
  return M.refresh(place.bufnr)
end

---Give what is on the screen of a suggestion in the current buffer.
---@return phi_ls.Rest?
---@return phi_ls.Suggestions?
local function shown()
  local bufnr = vim.api.nvim_get_current_buf()
  local state = buffers[bufnr]
  local rests = state and rests_of(state) or {}
  return #rests > 0 and state.renderer.chosen(bufnr, rests) or nil, state
end

---Tells whether a suggestion of phi-ls is on the screen.
---@return boolean
function M.visible()
  return shown() ~= nil
end

---Insert the suggestion on the screen, or a piece of it; tells whether there was one.
---@param piece phi_ls.Piece?
---@return boolean
function M.accept(piece)
  local bufnr = vim.api.nvim_get_current_buf()
  -- While keys wait to be worked off, Neovim does not tell what has changed.
  M.refresh(bufnr)
  local rest, state = shown()
  if not state or not vim.bo.modifiable then
    return false
  end
  if not rest then
    return not piece and state.renderer.accept_other(bufnr)
  end
  state.index = rest.index
  insertion.insert(pieces.first(rest.text, piece))
  M.refresh(bufnr)
  return true
end

---Show another one of the suggestions.
---@param step integer
function M.cycle(step)
  local bufnr = vim.api.nvim_get_current_buf()
  local rest, state = shown()
  if state then
    state.index = rest and rest.index or state.index
    state.index = state.renderer.cycle(bufnr, rests_of(state), step) or state.index
  end
end

---Take the suggestion off the screen, and don't show what has been asked for before now.
function M.dismiss()
  local bufnr = vim.api.nvim_get_current_buf()
  local state = buffers[bufnr]
  if state then
    M.forget(bufnr)
    state.dismissed = places.moment()
    state.renderer.quiet(bufnr)
    state.renderer.hide(bufnr)
  end
end

---Tells whether the user has wanted none in the current buffer, and nothing has changed since.
---@return boolean
function M.is_dismissed()
  local state = buffers[vim.api.nvim_get_current_buf()]
  return state ~= nil and state.dismissed == places.moment()
end

---Ask for a suggestion, also where none would come by itself.
function M.request()
  local bufnr = vim.api.nvim_get_current_buf()
  local state = buffers[bufnr]
  if state then
    state.renderer.ask(bufnr)
  end
end

return M
