---The client of this plugin, asked in the same way on every version of Neovim.
local M = {}

M.NAME = 'phi_ls'

local has_methods = vim.fn.has('nvim-0.11') == 1

---Give the client of a buffer, or nil where phi-ls is not attached.
---@param bufnr integer
---@return vim.lsp.Client?
function M.of(bufnr)
  return vim.lsp.get_clients({ bufnr = bufnr, name = M.NAME })[1]
end

---Give the client of a buffer, or any where it has none, or tell the user that there is none.
---@param bufnr integer
---@return vim.lsp.Client?
function M.any(bufnr)
  local client = M.of(bufnr) or vim.lsp.get_clients({ name = M.NAME })[1]
  if not client then
    vim.notify('phi-ls is not running; `:checkhealth phi_ls` says why', vim.log.levels.WARN)
  end
  return client
end

---@param client vim.lsp.Client
---@param method string
---@param params table
---@param handler fun(err: lsp.ResponseError?, result: any, context: lsp.HandlerContext)
---@param bufnr integer
---@return integer? id by which the request can be cancelled; nil: the server is gone
function M.request(client, method, params, handler, bufnr)
  local sent, id
  if has_methods then
    sent, id = client:request(method, params, handler, bufnr)
  else
    sent, id = client.request(method, params, handler, bufnr)
  end
  return sent and id or nil
end

---Run a command of the server; `handler` gets the message of an error, or the result.
---@param client vim.lsp.Client
---@param name string without `phi-ls.`
---@param argument table
---@param handler fun(message: string?, result: any)
---@param bufnr integer
---@return integer? id
function M.command(client, name, argument, handler, bufnr)
  -- An empty table would be sent as an empty list.
  local object = next(argument) and argument or vim.empty_dict()
  local params = { command = 'phi-ls.' .. name, arguments = { object } }
  return M.request(client, 'workspace/executeCommand', params, function(err, result)
    handler(err and (err.message or 'unknown error'), result)
  end, bufnr)
end

---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if has_methods then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

---@param client vim.lsp.Client
---@param force? boolean
function M.stop(client, force)
  if has_methods then
    client:stop(force)
  else
    client.stop(force)
  end
end

return M
