;;; phi-ls-tests.el --- Tests of phi-ls.el with a real server  -*- lexical-binding: t; -*-

;;; Commentary:

;; Run by test_emacs.py, which starts one Emacs for each test.

;;; Code:

(require 'cl-lib)
(require 'ert)
(require 'phi-ls)

(setq phi-ls-command (split-string (getenv "PHI_LS_TEST_SERVER") "\n"))

(defconst phi-ls-tests-file (getenv "PHI_LS_TEST_FILE"))

(defmacro phi-ls-tests-wait (what &rest condition)
  "Wait until CONDITION holds, and return it; WHAT names it if it never does."
  (declare (indent 1))
  `(let ((end (+ (float-time) 90)) value)
     (while (not (setq value (progn ,@condition)))
       (when (> (float-time) end)
         (error "Waited in vain for %s" ,what))
       (accept-process-output nil 0.05))
     value))

(defmacro phi-ls-tests-in-project (&rest body)
  "Do BODY in a buffer with the project's file, which phi-ls manages."
  (declare (indent 0))
  `(with-current-buffer (find-file-noselect phi-ls-tests-file)
     (set-window-buffer nil (current-buffer))
     (phi-ls-setup nil (and (getenv "PHI_LS_TEST_BESIDE") (split-string (getenv "PHI_LS_TEST_BESIDE"))))
     (eglot-ensure)
     (run-hooks 'post-command-hook)
     (phi-ls-tests-wait "a connection" (eglot-current-server))
     (phi-ls-tests-wait "a loaded model"
       (equal "normal" (plist-get (phi-ls-server-status (eglot-current-server)) :kind)))
     (unwind-protect
         (progn ,@body)
       (set-buffer-modified-p nil)
       (eglot-shutdown-all))))

(defun phi-ls-tests-go (text)
  "Go behind the first TEXT in the buffer."
  (goto-char (point-min))
  (search-forward text))

(defun phi-ls-tests-answer ()
  "Return the text in *phi-ls*."
  (with-current-buffer phi-ls-answer-buffer
    (buffer-string)))

(defun phi-ls-tests-header ()
  "Return what stands above the text in *phi-ls*."
  (with-current-buffer phi-ls-answer-buffer
    (substring-no-properties (phi-ls-answer--header))))

(defun phi-ls-tests-wait-for-answer ()
  "Wait until *phi-ls* is no longer being written, and return its text."
  (phi-ls-tests-wait "the end of the answer"
    (not (string-search "writes…" (phi-ls-tests-header))))
  (phi-ls-tests-answer))

(defun phi-ls-tests-said (regexp)
  "Wait until the echo area has shown REGEXP."
  (phi-ls-tests-wait regexp
    (with-current-buffer "*Messages*"
      (save-excursion
        (goto-char (point-min))
        (re-search-forward regexp nil t)))))

;; A busy machine may not have it in time at first; then nothing is inserted, and a person asks again.
(defun phi-ls-tests-complete ()
  "Take the value of `self.name' away and have it completed."
  (phi-ls-tests-go "self.name = ")
  (delete-region (point) (pos-eol))
  (phi-ls-tests-wait "a suggestion"
    (completion-at-point)
    (not (looking-back "= " (pos-bol))))
  (should (equal (concat "        self.name = " (getenv "PHI_LS_TEST_SUGGESTION"))
                 (buffer-substring-no-properties (pos-bol) (pos-eol)))))

(ert-deftest phi-ls-completes-at-point ()
  (phi-ls-tests-in-project
    (phi-ls-tests-complete)))

(ert-deftest phi-ls-explains-the-symbol-and-the-region ()
  (phi-ls-tests-in-project
    (phi-ls-tests-go "def __setitem__")
    (phi-ls-explain (point))
    (should (string-search "built-in model" (phi-ls-tests-wait-for-answer)))
    (should (string-prefix-p "starter on CPU  " (phi-ls-tests-header)))
    ;; Other lines are another question, and the same lines are the same.
    (let ((beginning (pos-bol)) (end (pos-eol 2)))
      (phi-ls-explain beginning end)
      (should (string-search "built-in model" (phi-ls-tests-wait-for-answer)))
      (should-not (string-search "remembered" (phi-ls-tests-header)))
      (phi-ls-explain beginning end)
      (phi-ls-tests-wait-for-answer)
      (should (string-search "remembered" (phi-ls-tests-header))))))

(ert-deftest phi-ls-shows-pieces-and-stops ()
  ;; The scripted answer takes many seconds.
  (phi-ls-tests-in-project
    (phi-ls-tests-go "class Cache")
    (phi-ls-explain (point))
    (phi-ls-tests-wait "some pieces" (string-prefix-p "word0 word1 " (phi-ls-tests-answer)))
    (should (string-prefix-p "phi-ls writes…" (phi-ls-tests-header)))
    (phi-ls-stop)
    (should (string-prefix-p "Stopped." (phi-ls-tests-header)))
    (let ((stopped (phi-ls-tests-answer)))
      (phi-ls-tests-wait "the server's word that it has stopped"
        (with-current-buffer (jsonrpc-events-buffer (eglot-current-server))
          (save-excursion
            (goto-char (point-min))
            (search-forward "-32800" nil t))))
      (should (equal stopped (phi-ls-tests-answer))))
    (phi-ls-regenerate)
    (phi-ls-tests-wait "the same from the beginning" (string-prefix-p "word0 word1 " (phi-ls-tests-answer)))
    (kill-buffer phi-ls-answer-buffer)))

(ert-deftest phi-ls-explains-by-code-action ()
  (phi-ls-tests-in-project
    (phi-ls-tests-go "def __setitem__")
    (let ((action (cl-find "Explain __setitem__" (eglot-code-actions (point) (point))
                           :key (lambda (each) (plist-get each :title)) :test #'equal)))
      ;; It is shown here, so the server need not have it shown.
      (should-not (plist-member (elt (plist-get (plist-get action :command) :arguments) 0) :show))
      (eglot-execute (eglot-current-server) action)
      (should (string-search "built-in model" (phi-ls-tests-wait-for-answer))))))

(ert-deftest phi-ls-writes-a-docstring ()
  (phi-ls-tests-in-project
    (phi-ls-tests-go "self.entries[key]")
    (phi-ls-docstring)
    (phi-ls-tests-said "^phi-ls wrote documentation")
    (phi-ls-tests-go "def __setitem__(self, key, value):\n")
    (should (looking-at-p "        \"\"\".+\"\"\"\n        self.entries\\[key\\]"))))

(ert-deftest phi-ls-says-how-it-is-and-why-not ()
  (phi-ls-tests-in-project
    (phi-ls-tests-go "OrderedDi")
    (completion-at-point)
    (phi-ls-why)
    (with-current-buffer "*phi-ls why*"
      (should (string-match-p "^[0-9:]+  line 3: midWord (" (buffer-string))))
    (phi-ls-status)
    (with-current-buffer "*phi-ls status*"
      (should (string-match-p "^phi-ls +\\(normal\\|busy\\): " (buffer-string)))
      (should (string-match-p "^Model +starter" (buffer-string))))))

(ert-deftest phi-ls-says-so-where-nothing-can-be-explained ()
  (phi-ls-tests-in-project
    (goto-char (point-min))
    (forward-line 1)
    (phi-ls-explain (point) (pos-eol))
    (should (string-prefix-p "phi-ls: " (phi-ls-tests-wait-for-answer)))
    (should (string-prefix-p "No explanation." (phi-ls-tests-header)))))

(ert-deftest phi-ls-ends-in-order ()
  (phi-ls-tests-in-project
    (phi-ls-tests-go "self.name = ")
    (delete-region (point) (pos-eol))
    (completion-at-point))
  (phi-ls-tests-said "Server exited with status 0"))

(ert-deftest phi-ls-survives-its-server ()
  (phi-ls-tests-in-project
    (phi-ls-tests-go "class Cache")
    (phi-ls-explain (point))
    (let ((server (eglot-current-server)))
      (signal-process (jsonrpc--process server) 'KILL)
      (should (string-prefix-p "phi-ls: " (phi-ls-tests-wait-for-answer)))
      (phi-ls-tests-wait "the old server's end" (not (eq server (eglot-current-server))))
      (unless (eglot-current-server)
        (eglot-ensure)
        (run-hooks 'post-command-hook)
        (phi-ls-tests-wait "another server" (eglot-current-server)))
      (phi-ls-explain (point))
      (should (string-search "built-in model" (phi-ls-tests-wait-for-answer))))))

(ert-deftest phi-ls-runs-beside-another-server ()
  (phi-ls-tests-in-project
    ;; On a busy machine the multiplexer gives up the slower server's answer to `initialize'.
    (phi-ls-tests-wait "the capabilities of both servers"
      (and (eglot-current-server)
           (or (eglot-server-capable :completionProvider)
               (ignore (eglot-reconnect (eglot-current-server))))))
    (phi-ls-tests-complete)
    (phi-ls-tests-go "def __setitem__")
    (let ((titles (mapcar (lambda (each) (plist-get each :title))
                          (eglot-code-actions (point) (point)))))
      (should (member "Explain __setitem__" titles))
      (should (cl-find "Ruff" titles :test #'string-search)))
    (phi-ls-explain (point))
    (should (string-search "built-in model" (phi-ls-tests-wait-for-answer)))))

(provide 'phi-ls-tests)
;;; phi-ls-tests.el ends here
