if vim.g.loaded_phi_ls then
  return
end
vim.g.loaded_phi_ls = true

if vim.fn.has('nvim-0.10') == 0 then
  local version = vim.version()
  vim.notify(
    ('phi_ls needs Neovim 0.10 or newer, and this is %d.%d.%d. Nothing of it is active.'):format(
      version.major,
      version.minor,
      version.patch
    ),
    vim.log.levels.WARN
  )
  return
end

vim.api.nvim_set_hl(0, 'PhiLsGhostText', { link = 'NonText', default = true })
vim.api.nvim_set_hl(0, 'PhiLsGhostTextCount', { link = 'MoreMsg', default = true })

local group = vim.api.nvim_create_augroup('phi_ls', {})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  desc = 'Ghost text from phi-ls',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'phi_ls' then
      require('phi_ls.attachment').attached(client, event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd('LspDetach', {
  group = group,
  desc = 'No ghost text without phi-ls',
  callback = function(event)
    local attachment = package.loaded['phi_ls.attachment']
    if attachment then
      attachment.detached(event.data.client_id, event.buf)
    end
  end,
})

vim.api.nvim_create_user_command('PhiLs', function(arguments)
  require('phi_ls.commands').run(arguments)
end, {
  desc = 'Explain, document, and ask phi-ls how it is',
  nargs = '+',
  range = true,
  bar = true,
  complete = function(lead, line)
    return require('phi_ls.commands').complete(lead, line)
  end,
})

---@param modes string|string[]
---@param name string
---@param rhs string
---@param desc string
local function plug(modes, name, rhs, desc)
  vim.keymap.set(modes, ('<Plug>(phi-ls-%s)'):format(name), rhs, { desc = desc, silent = true })
end

local call = "<Cmd>lua require('phi_ls').%s<CR>"
plug('i', 'accept', call:format('accept()'), 'Accept the suggestion')
plug('i', 'accept-word', call:format("accept('word')"), 'Accept its next word')
plug('i', 'accept-line', call:format("accept('line')"), 'Accept its next line')
plug('i', 'next', call:format('cycle(1)'), 'Show the next suggestion')
plug('i', 'previous', call:format('cycle(-1)'), 'Show the previous suggestion')
plug('i', 'dismiss', call:format('dismiss()'), 'Dismiss the suggestion')
plug('i', 'request', call:format('request()'), 'Ask for a suggestion')
plug('n', 'explain', '<Cmd>PhiLs explain<CR>', 'Explain the symbol at the cursor')
plug('x', 'explain', ':PhiLs explain<CR>', 'Explain the selected lines')
plug('n', 'docstring', '<Cmd>PhiLs docstring<CR>', 'Document the declaration at the cursor')
