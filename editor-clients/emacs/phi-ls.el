;;; phi-ls.el --- Completions and explanations from a local Phi-3  -*- lexical-binding: t; -*-

;; Author: phi-ls maintainers
;; Version: 0.1.0
;; Package-Requires: ((emacs "30.1"))
;; Keywords: languages, tools, convenience
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Runs phi-ls, a language server that answers from a Phi-3 model on this
;; machine, under Eglot:
;;
;;   (require 'phi-ls)
;;   (phi-ls-setup)
;;   (add-hook 'prog-mode-hook #'eglot-ensure)
;;
;; Suggestions come with `completion-at-point' (C-M-i), or as grey text with
;; `completion-preview-mode'.  M-x phi-ls-explain, phi-ls-docstring,
;; phi-ls-status and phi-ls-why do what their names say.

;;; Code:

(require 'eglot)
(require 'phi-ls-answer)
(require 'phi-ls-status)

(defgroup phi-ls nil
  "Completions and explanations from a Phi-3 model on this machine."
  :group 'eglot
  :prefix "phi-ls-")

(defcustom phi-ls-command '("phi-ls" "--stdio")
  "How the server is started: the program and its arguments."
  :type '(repeat string))

(defcustom phi-ls-options nil
  "The server's settings as a property list, as in (:hover (:mode \"onDemand\")).
They are sent when the server starts; false is written `:json-false'."
  :type 'plist)

(defcustom phi-ls-languages
  '((python-mode . "python")
    (js-mode . "javascript")
    (typescript-mode . "typescript")
    (tsx-ts-mode . "typescriptreact")
    (go-mode . "go")
    (rust-mode . "rust")
    (java-mode . "java")
    (c-mode . "c")
    (c++-mode . "cpp")
    (csharp-mode . "csharp")
    (lua-mode . "lua")
    (sh-mode . "shellscript"))
  "The major modes that the server is for, each with LSP's name of the language.
A mode stands for those derived from it, as `python-mode' for `python-ts-mode'."
  :type '(alist :key-type symbol :value-type string))

(defclass phi-ls-server (eglot-lsp-server)
  ((status
    :initform nil
    :accessor phi-ls-server-status
    :documentation "What the server last said of itself, a property list."))
  :documentation "A phi-ls, or a multiplexer with a phi-ls behind it.")

;;;###autoload
(defun phi-ls-setup (&optional modes beside)
  "Make phi-ls the language server of MODES; nil means `phi-ls-languages'.
Eglot runs one server in a buffer.  BESIDE is the command line of another
one, a list of strings, that is to run as well: then both are started by
`rass', which must be installed, and the other one comes first."
  ;; One entry for all, or Eglot would start a server, and a model, for each.
  (push (cons (mapcar #'phi-ls--mode (or modes (mapcar #'car phi-ls-languages)))
              (lambda (&rest _) (cons 'phi-ls-server (phi-ls--command beside))))
        eglot-server-programs))

(defun phi-ls--mode (mode)
  "Return MODE as `eglot-server-programs' has it, with the name of its language."
  (let ((language (alist-get mode phi-ls-languages)))
    (if language (list mode :language-id language) mode)))

(defun phi-ls--command (beside)
  "Return the command line for phi-ls alone, or with BESIDE in front of it."
  (if beside
      `("rass" "--" ,@beside "--" ,@phi-ls-command)
    phi-ls-command))

(cl-defmethod eglot-initialization-options ((_server phi-ls-server))
  "Return the user's settings."
  (or phi-ls-options (make-hash-table)))

(cl-defmethod eglot-client-capabilities ((_server phi-ls-server))
  "Say that explanations are shown here, so that the server does not show them."
  (plist-put (cl-call-next-method) :experimental '(:phi-ls t)))

(cl-defmethod eglot-handle-notification
  ((_server phi-ls-server) (_method (eql $/progress)) &key token value)
  "Show VALUE if TOKEN is that of an explanation; else it is Eglot's."
  (unless (phi-ls-answer-receive token value)
    (cl-call-next-method)))

(cl-defmethod eglot-handle-notification
  ((server phi-ls-server) (_method (eql phi-ls/didChangeStatus)) &rest status)
  "Remember the STATUS of SERVER, and say so if it has become a problem."
  (phi-ls-status-tell (phi-ls-server-status server) status)
  (setf (phi-ls-server-status server) status))

(cl-defmethod jsonrpc-connection-send :before
  ((_server phi-ls-server) &key id params &allow-other-keys)
  "Note the ID under which an explanation is asked for: it is cancelled by that."
  (phi-ls-answer-sent id params))

(cl-defmethod jsonrpc-shutdown :before ((server phi-ls-server) &optional _cleanup)
  "Let SERVER end its model's process in order.
That may take some tenths of a second.  What has not ended after one is killed
by jsonrpc.el, with a warning."
  (cl-loop repeat 30 while (jsonrpc-running-p server) do (accept-process-output nil 0.1)))

(cl-defmethod eglot-execute ((server phi-ls-server) action)
  "Have SERVER do ACTION; what a model must write is not waited for.
Eglot itself waits, and gives up after `jsonrpc-default-request-timeout'."
  (let ((command (plist-get action :command)))
    (pcase command
      ((pred listp) (if command (eglot-execute server command) (cl-call-next-method)))
      ((or "phi-ls.explain" "phi-ls.regenerate")
       (phi-ls-answer-ask server (phi-ls--argument action)))
      ("phi-ls.docstring" (phi-ls--write-docstring server (phi-ls--argument action)))
      (_ (cl-call-next-method)))))

(defun phi-ls--argument (action)
  "Return the object that ACTION hands to its command."
  (elt (plist-get action :arguments) 0))

(defun phi-ls--server ()
  "Return the phi-ls of this buffer, or say what is missing."
  (let ((server (eglot-current-server)))
    (if (cl-typep server 'phi-ls-server)
        server
      (user-error "No phi-ls here: call `phi-ls-setup' in your init file, then M-x eglot"))))

(defun phi-ls--document ()
  "Return LSP's identifier of this buffer's file."
  (list :uri (eglot-path-to-uri buffer-file-name :truenamep nil)))

(defun phi-ls--position (place)
  "Return PLACE in this buffer as an LSP position."
  (save-excursion
    (save-restriction
      (widen)
      (goto-char place)
      (list :line (1- (line-number-at-pos nil t))
            :character (funcall eglot-current-linepos-function)))))

;;;###autoload
(defun phi-ls-explain (beginning &optional end)
  "Have the model explain the code from BEGINNING to END, by default the region.
Without END, explain the symbol at BEGINNING, by default that at point.  What
it writes appears in another window while it is written."
  (interactive (if (use-region-p)
                   (list (region-beginning) (region-end))
                 (list (point))))
  (let ((document (list :textDocument (phi-ls--document))))
    (phi-ls-answer-ask
     (phi-ls--server)
     (if end
         `(,@document :range (:start ,(phi-ls--position beginning) :end ,(phi-ls--position end)))
       `(,@document :position ,(phi-ls--position beginning))))))

;;;###autoload
(defun phi-ls-docstring ()
  "Have the model write the documentation of the declaration around point."
  (interactive)
  (phi-ls--write-docstring
   (phi-ls--server)
   (list :textDocument (phi-ls--document) :position (phi-ls--position (point)))))

(defun phi-ls--write-docstring (server argument)
  "Ask SERVER for an edit with the documentation at the place in ARGUMENT."
  (message "phi-ls writes documentation…")
  (jsonrpc-async-request
   server :workspace/executeCommand
   (list :command "phi-ls.docstring" :arguments (vector argument))
   :deferred 'phi-ls-docstring
   :timeout nil
   :success-fn (jsonrpc-lambda (&key applied &allow-other-keys)
                 (message (if (eq applied t)
                              "phi-ls wrote documentation"
                            "phi-ls: the documentation could not be inserted")))
   :error-fn (jsonrpc-lambda (&key message &allow-other-keys)
               (message "phi-ls: %s" message))))

;;;###autoload
(defun phi-ls-status ()
  "Show which model answers on which device, and how it fares."
  (interactive)
  (phi-ls-status-show (jsonrpc-request (phi-ls--server) :workspace/executeCommand
                                       '(:command "phi-ls.status" :arguments []))))

;;;###autoload
(defun phi-ls-why ()
  "Show why nothing was suggested in this buffer lately."
  (interactive)
  (let ((asked (list :textDocument (phi-ls--document))))
    (phi-ls-status-show-decisions
     (jsonrpc-request (phi-ls--server) :workspace/executeCommand
                      (list :command "phi-ls.whyNoSuggestion" :arguments (vector asked))))))

(provide 'phi-ls)
;;; phi-ls.el ends here
