---`:checkhealth phi_ls`
local attachment = require('phi_ls.attachment')
local clients = require('phi_ls.client')

local M = {}

local PATIENCE_MS = 30000

---@return string[]|nil command that starts the server; nil if it is a function
local function configured_command()
  local config = vim.lsp.config and vim.lsp.config.phi_ls
  local running = vim.lsp.get_clients({ name = clients.NAME })[1]
  local command = running and running.config.cmd or config and config.cmd or { 'phi-ls', '--stdio' }
  return type(command) == 'table' and command or nil
end

---Run the server's program with other arguments.
---@param program string
---@param arguments string[]
---@return boolean, string
local function output(program, arguments)
  local words = vim.list_extend({ program }, arguments)
  local started, process = pcall(vim.system, words, { text = true })
  if not started then
    return false, tostring(process)
  end
  local done = process:wait(PATIENCE_MS)
  return done.code == 0, vim.trim(done.code == 0 and done.stdout or done.stderr .. done.stdout)
end

local function check_neovim()
  vim.health.start('Neovim')
  vim.health.ok('version ' .. tostring(vim.version()))
  if attachment.is_builtin() then
    vim.health.ok('suggestions are drawn by Neovim (vim.lsp.inline_completion)')
  else
    vim.health.ok('suggestions are drawn by this plugin')
  end
  if vim.fn.hasmapto('<Plug>(phi-ls-accept)', 'i') == 0 then
    vim.health.info('no key is mapped to `<Plug>(phi-ls-accept)`; see `:help phi_ls-mappings`')
  end
end

---@param program string
local function check_engines(program)
  local ok, text = output(program, { 'doctor', '--json' })
  local decoded, report = pcall(vim.json.decode, text)
  if not decoded then
    vim.health.error('`phi-ls doctor` failed: ' .. text)
    return
  end
  for _, engine in ipairs(report.engines) do
    for _, device in ipairs(engine.devices) do
      if device.usable then
        vim.health.ok(('%s on %s: %s'):format(engine.name, device.name, device.reason))
      end
    end
  end
  if not ok then
    vim.health.error('no model answers while you type', { 'Run `phi-ls doctor`' })
  end
end

local function check_program()
  vim.health.start('phi-ls')
  local command = configured_command()
  if not command then
    vim.health.info('the server is started by a function of yours')
    return
  end
  if vim.fn.executable(command[1]) == 0 then
    vim.health.error(('`%s` cannot be run'):format(command[1]), {
      'Install phi-ls where Neovim finds it, for instance with `pipx install`',
      "Or say where it is: `vim.lsp.config('phi_ls', { cmd = { '/path/to/phi-ls', '--stdio' } })`",
    })
    return
  end
  local ok, version = output(command[1], { '--version' })
  if not ok then
    vim.health.error('it does not start: ' .. version)
    return
  end
  vim.health.ok(('%s (%s)'):format(version, vim.fn.exepath(command[1])))
  check_engines(command[1])
end

---@param client vim.lsp.Client
local function check_server(client)
  local status = require('phi_ls.status').of(client.id)
  local text = status and status.message or 'has said nothing yet'
  local root = client.config.root_dir or 'no folder'
  local buffers = vim.tbl_count(client.attached_buffers)
  local good = not status or status.kind ~= 'error'
  vim.health[good and 'ok' or 'error'](('client %d in %s, %d buffers: %s'):format(client.id, root, buffers, text))
end

local function check_servers()
  vim.health.start('Servers')
  local running = vim.lsp.get_clients({ name = clients.NAME })
  if #running == 0 then
    vim.health.warn('none runs', { "Put `require('phi_ls').enable()` into your configuration and open a file" })
  end
  for _, client in ipairs(running) do
    check_server(client)
  end
end

---Called by `:checkhealth`.
function M.check()
  check_neovim()
  check_program()
  check_servers()
end

return M
