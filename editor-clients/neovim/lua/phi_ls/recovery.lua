---Starts a server again that has died, and one that the user wants anew.
local clients = require('phi_ls.client')
local options = require('phi_ls.options')

local M = {}

local WINDOW_S = 180
local STOP_MS = 3000

---@class phi_ls.Server
---@field config vim.lsp.ClientConfig
---@field buffers integer[] that it was attached to

local deaths = {} ---@type integer[] when servers died, in seconds
local restarting = {} ---@type table<integer, true> by id of the client
local given_up = {} ---@type phi_ls.Server[]

---@param server phi_ls.Server
local function start(server)
  for _, bufnr in ipairs(server.buffers) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      vim.lsp.start(server.config, { bufnr = bufnr })
    end
  end
end

---Start a server that has died, unless it does so again and again.
---@param server phi_ls.Server
local function revive(server)
  local now = os.time()
  deaths = vim.tbl_filter(function(time)
    return now - time < WINDOW_S
  end, deaths)
  if #deaths < options.get().restarts then
    table.insert(deaths, now)
    start(server)
    return
  end
  table.insert(given_up, server)
  vim.notify(
    'phi-ls has died too often and stays off. `:PhiLs restart` starts it; `:checkhealth phi_ls` may say why.',
    vim.log.levels.ERROR
  )
end

---Called by Neovim when a server has ended, before it is taken from its buffers.
---@param code integer
---@param signal integer
---@param client_id integer
function M.ended(code, signal, client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  local server = client and { config = client.config, buffers = vim.tbl_keys(client.attached_buffers) }
  local function go_on()
    require('phi_ls.explain').server_ended(client_id)
    require('phi_ls.status').forget(client_id)
    if not server or vim.v.exiting ~= vim.NIL then
      return
    end
    if restarting[client_id] then
      restarting[client_id] = nil
      start(server)
    elseif code ~= 0 or (signal ~= 0 and signal ~= 15) then
      revive(server)
    end
  end
  -- Neovim takes the client away in what it has scheduled before, and in what that schedules.
  vim.schedule(function()
    vim.schedule(go_on)
  end)
end

---Start the servers anew: those that run, and those that were given up.
function M.restart()
  local old = given_up
  deaths, given_up = {}, {}
  for _, server in ipairs(old) do
    start(server)
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = clients.NAME })) do
    restarting[client.id] = true
    clients.stop(client)
    vim.defer_fn(function()
      if restarting[client.id] then
        clients.stop(client, true)
      end
    end, STOP_MS)
  end
end

return M
