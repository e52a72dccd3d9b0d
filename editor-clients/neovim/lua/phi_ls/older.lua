---Neovim 0.10, which has no `vim.lsp.enable`: starts the server for files that are opened.
local M = {}

---Give the configuration, of all files `lsp/phi_ls.lua` that are found, with all that the client can by itself.
---@param config table
---@return table
local function resolved(config)
  local result = { name = 'phi_ls', capabilities = vim.lsp.protocol.make_client_capabilities() }
  for _, path in ipairs(vim.api.nvim_get_runtime_file('lsp/phi_ls.lua', true)) do
    result = vim.tbl_deep_extend('force', result, dofile(path))
  end
  return vim.tbl_deep_extend('force', result, config)
end

---@param config table
---@param bufnr integer
local function start(config, bufnr)
  local filetype = vim.bo[bufnr].filetype
  if vim.bo[bufnr].buftype ~= '' or filetype == '' then
    return
  end
  if config.filetypes and not vim.tbl_contains(config.filetypes, filetype) then
    return
  end
  local root = config.root_dir or vim.fs.root(bufnr, config.root_markers)
  vim.lsp.start(vim.tbl_extend('force', config, { root_dir = root }), { bufnr = bufnr })
end

---@param config table
function M.enable(config)
  local settled = resolved(config)
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('phi_ls.enable', {}),
    desc = 'Start phi-ls',
    callback = function(event)
      start(settled, event.buf)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      start(settled, bufnr)
    end
  end
end

return M
