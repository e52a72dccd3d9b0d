---Configuration of the server for `vim.lsp.enable('phi_ls')`; what you give to `vim.lsp.config` is merged into it.
-- Loaded here: when a server ends, Neovim is in a state in which it loads nothing.
local recovery = require('phi_ls.recovery')

---@type vim.lsp.Config
return {
  cmd = { 'phi-ls', '--stdio' },
  root_markers = { 'pyproject.toml', 'package.json', 'Cargo.toml', 'go.mod', '.git' },
  capabilities = {
    -- Neovim 0.12 says the first by itself. The second: explanations are shown by this plugin, not by the server.
    textDocument = { inlineCompletion = { dynamicRegistration = false } },
    experimental = { ['phi-ls'] = true },
  },
  handlers = {
    ['$/progress'] = function(...)
      return require('phi_ls.explain').on_progress(...)
    end,
    ['window/showMessageRequest'] = function(...)
      return require('phi_ls.question').put(...)
    end,
    ['phi-ls/didChangeStatus'] = function(_, status, context)
      require('phi_ls.status').changed(context.client_id, status)
    end,
  },
  commands = {
    -- What the code actions run; their results would be dropped otherwise.
    ['phi-ls.explain'] = function(command, context)
      require('phi_ls.explain').run(context.bufnr, command.arguments[1])
    end,
  },
  on_exit = function(code, signal, client_id)
    recovery.ended(code, signal, client_id)
  end,
}
