;;; phi-ls-answer.el --- Shows what phi-ls explains, while it is written  -*- lexical-binding: t; -*-

;; Author: phi-ls maintainers
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; One buffer, *phi-ls*, shows one explanation at a time.  What a model writes
;; is plain text here: nothing in it is a link, an image or a command.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)

(defconst phi-ls-answer-buffer "*phi-ls*"
  "Name of the buffer in which explanations appear.")

(defconst phi-ls-answer--prefix "phi-ls-answer-"
  "What the tokens of explanations begin with.")

(defvar phi-ls-answer--count 0
  "How many explanations have been asked for.")

(cl-defstruct phi-ls-answer--question
  "What was asked of a SERVER, about ARGUMENT, from the buffer SOURCE.
Pieces come under TOKEN, and it is cancelled by ID, which is nil before it has
been sent.  STATE is `writing', `done', `stopped' or `failed'; MODEL says who
has answered."
  server argument source token id (state 'writing) (model ""))

(defvar-local phi-ls-answer--question nil
  "The question that this buffer answers.")

(defvar-keymap phi-ls-answer-mode-map
  :doc "Keys in explanations."
  "g" #'phi-ls-regenerate
  "k" #'phi-ls-stop)

(define-derived-mode phi-ls-answer-mode special-mode "phi-ls"
  "Major mode for an explanation."
  (setq header-line-format '(:eval (phi-ls-answer--header))
        font-lock-defaults '((("^#+ .*" . 'bold)
                              ("^```.*" . 'shadow)
                              ("`[^`\n]+`" . 'font-lock-constant-face)
                              ("\\*\\*[^*\n]+\\*\\*" . 'bold))
                             t))
  (add-hook 'kill-buffer-hook #'phi-ls-answer--cancel nil t)
  (visual-line-mode))

(defun phi-ls-answer--header ()
  "Return who has written this and what can be done now."
  (let ((question phi-ls-answer--question))
    (substitute-command-keys
     (pcase (phi-ls-answer--question-state question)
       ('writing "phi-ls writes…  \\`k' stops it")
       ('stopped "Stopped.  \\`g' writes it anew, \\`q' closes")
       ('failed "No explanation.  \\`g' tries again, \\`q' closes")
       (_ (concat (string-replace "%" "%%" (phi-ls-answer--question-model question))
                  "  \\`g' writes it anew, \\`q' closes"))))))

(defun phi-ls-answer-ask (server argument &optional anew)
  "Have SERVER explain what ARGUMENT names and show it in another window.
ANEW means that it is not to be taken from what has been answered before."
  (let ((question (make-phi-ls-answer--question
                   :server server :argument argument :source (current-buffer)
                   :token (format "%s%d" phi-ls-answer--prefix (cl-incf phi-ls-answer--count)))))
    (with-current-buffer (get-buffer-create phi-ls-answer-buffer)
      (phi-ls-answer--cancel)
      (phi-ls-answer-mode)
      (setq phi-ls-answer--question question)
      (phi-ls-answer--write "" t)
      (display-buffer (current-buffer)))
    (phi-ls-answer--send question (if anew "phi-ls.regenerate" "phi-ls.explain"))))

(defun phi-ls-answer--send (question command)
  "Send QUESTION as COMMAND, when the server knows the text it is about.
A model may take minutes on a slow machine, so there is no time limit."
  (let ((token (phi-ls-answer--question-token question)))
    (jsonrpc-async-request
     (phi-ls-answer--question-server question) :workspace/executeCommand
     (list :command command
           :arguments (vector `(,@(phi-ls-answer--question-argument question) :token ,token)))
     :deferred token
     :timeout nil
     :success-fn (lambda (result) (phi-ls-answer--finish question result))
     :error-fn (lambda (problem) (phi-ls-answer--fail question problem)))))

(defun phi-ls-answer-sent (id params)
  "Note ID as that of the explanation that PARAMS ask for, if they do."
  (when-let* ((question (phi-ls-answer--of (phi-ls-answer--token params))))
    (setf (phi-ls-answer--question-id question) id)
    (when (eq (phi-ls-answer--question-state question) 'stopped)
      (run-at-time 0 nil #'phi-ls-answer--notify-cancelled question))))

(defun phi-ls-answer--token (params)
  "Return the token in the first argument of the command in PARAMS, or nil."
  (let ((arguments (plist-get params :arguments)))
    (when (and (vectorp arguments) (> (length arguments) 0) (listp (aref arguments 0)))
      (plist-get (aref arguments 0) :token))))

(defun phi-ls-answer-receive (token value)
  "Show the next piece in VALUE if TOKEN is that of an explanation.
Return whether it is that of one, be it of an old one."
  (when-let* ((question (phi-ls-answer--of token))
              ((eq (phi-ls-answer--question-state question) 'writing)))
    (with-current-buffer phi-ls-answer-buffer
      (phi-ls-answer--write (or (plist-get value :text) ""))))
  (and (stringp token) (string-prefix-p phi-ls-answer--prefix token)))

(defun phi-ls-answer--of (token)
  "Return the question that is answered at present if TOKEN is its own."
  (when-let* ((token)
              (buffer (get-buffer phi-ls-answer-buffer))
              (question (buffer-local-value 'phi-ls-answer--question buffer))
              ((equal token (phi-ls-answer--question-token question))))
    question))

(defun phi-ls-answer--write (text &optional instead)
  "Put TEXT at the end of the current buffer, or INSTEAD of what is there."
  (let ((inhibit-read-only t))
    (save-excursion
      (when instead
        (erase-buffer))
      (goto-char (point-max))
      (insert text))
    (force-mode-line-update)))

(defun phi-ls-answer--finish (question result)
  "Show RESULT, the whole answer to QUESTION, in place of the pieces."
  (when (phi-ls-answer--of (phi-ls-answer--question-token question))
    (with-current-buffer phi-ls-answer-buffer
      (cl-destructuring-bind (&key text model device note cached &allow-other-keys) result
        (setf (phi-ls-answer--question-state question) 'done
              (phi-ls-answer--question-model question)
              (concat (string-join (remove "" (list model device)) " on ")
                      (when (eq cached t) ", remembered")))
        (phi-ls-answer--write (if (string-empty-p note) text (concat text "\n\n" note)) t)))))

(defun phi-ls-answer--fail (question problem)
  "Say why there is no answer to QUESTION; PROBLEM is what the server sent."
  (when (and (phi-ls-answer--of (phi-ls-answer--question-token question))
             (eq (phi-ls-answer--question-state question) 'writing))
    (setf (phi-ls-answer--question-state question) 'failed)
    (with-current-buffer phi-ls-answer-buffer
      (phi-ls-answer--write (concat "phi-ls: " (plist-get problem :message)) t))))

(defun phi-ls-answer--shown ()
  "Return the question that is answered in *phi-ls*, or say that there is none."
  (or (when-let* ((buffer (get-buffer phi-ls-answer-buffer)))
        (buffer-local-value 'phi-ls-answer--question buffer))
      (user-error "Nothing has been explained yet: try M-x phi-ls-explain")))

(defun phi-ls-answer--cancel ()
  "Have the server stop what it writes for the current buffer, if it does."
  (when-let* ((question phi-ls-answer--question)
              ((eq (phi-ls-answer--question-state question) 'writing)))
    (setf (phi-ls-answer--question-state question) 'stopped)
    (phi-ls-answer--notify-cancelled question)
    (force-mode-line-update)))

(defun phi-ls-answer--notify-cancelled (question)
  "Tell the server that QUESTION needs no answer any more."
  (let ((server (phi-ls-answer--question-server question)))
    (when (and (phi-ls-answer--question-id question) (jsonrpc-running-p server))
      (jsonrpc-notify server :$/cancelRequest
                      (list :id (phi-ls-answer--question-id question))))))

(defun phi-ls-stop ()
  "Stop the explanation that is being written; what is there of it stays."
  (interactive)
  (phi-ls-answer--shown)
  (with-current-buffer phi-ls-answer-buffer
    (phi-ls-answer--cancel)))

(defun phi-ls-regenerate ()
  "Have the explanation in *phi-ls* written anew."
  (interactive)
  (let* ((question (phi-ls-answer--shown))
         (source (phi-ls-answer--question-source question)))
    (unless (buffer-live-p source)
      (user-error "The buffer that this is about has been closed"))
    (with-current-buffer source
      (phi-ls-answer-ask (phi-ls-answer--question-server question)
                         (phi-ls-answer--question-argument question)
                         t))))

(provide 'phi-ls-answer)
;;; phi-ls-answer.el ends here
