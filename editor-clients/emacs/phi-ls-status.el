;;; phi-ls-status.el --- Shows what phi-ls says of itself  -*- lexical-binding: t; -*-

;; Author: phi-ls maintainers
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Which model answers on which device and how fast, and why nothing was
;; suggested.

;;; Code:

(require 'iso8601)

(defun phi-ls-status-tell (before now)
  "Say in the echo area what is wrong in the status NOW if it was not BEFORE."
  (let ((kind (plist-get now :kind)))
    (when (and (member kind '("warning" "error"))
               (not (equal kind (plist-get before :kind))))
      (message "phi-ls: %s" (plist-get now :message)))))

(defun phi-ls-status-show (status)
  "Show STATUS in a help window."
  (with-help-window "*phi-ls status*"
    (dolist (line (phi-ls-status--lines status))
      (princ (format "%-12s %s\n" (car line) (cdr line))))))

(defun phi-ls-status--lines (status)
  "Return what is to be said of STATUS, each as a heading and a text."
  `(("phi-ls" . ,(phi-ls-status--headline status))
    ("Model" . ,(phi-ls-status--who status))
    ,@(when-let* ((typing (plist-get status :typing)))
        `(("While typing" . ,(phi-ls-status--who typing))))
    ("Suggestions" . ,(phi-ls-status--suggestions status))
    ("Prompts" . ,(format "%d tokens, of which %d were known to the engine"
                          (plist-get status :promptTokens) (plist-get status :tokensReused)))
    ,@(mapcar (lambda (worker) (cons "Process" (phi-ls-status--worker worker)))
              (plist-get status :workers))))

(defun phi-ls-status--headline (status)
  "Return how the server is by its STATUS."
  (string-join (remove "" (list (plist-get status :kind) (plist-get status :message))) ": "))

(defun phi-ls-status--who (answering)
  "Return the model in ANSWERING, its device and the reason for that."
  (let ((reason (or (plist-get answering :deviceReason) (plist-get answering :reason) ""))
        (device (plist-get answering :device)))
    (concat (plist-get answering :model)
            (if (string-empty-p device)
                ", not loaded yet"
              (format " on %s (%s)" device (plist-get answering :engine)))
            (unless (string-empty-p reason) (concat ": " reason)))))

(defun phi-ls-status--suggestions (status)
  "Return how many suggestions STATUS counts, and how fast they were."
  (let ((half (plist-get status :p50Ms)) (most (plist-get status :p95Ms)))
    (concat (format "%d, %d of them without asking the model"
                    (plist-get status :suggestions) (plist-get status :suggestionHits))
            (when (and half most)
              (format "; half within %d ms, 95 %% within %d ms" half most)))))

(defun phi-ls-status--worker (worker)
  "Return what WORKER is and what it takes."
  (let ((bytes (plist-get worker :residentBytes)))
    (concat (format "%s on %s, %s" (plist-get worker :model) (plist-get worker :device) (plist-get worker :state))
            (when-let* ((id (plist-get worker :pid))) (format ", process %d" id))
            (when bytes (format ", %s" (file-size-human-readable bytes 'si " " "B"))))))

(defun phi-ls-status-show-decisions (result)
  "Show the decisions in RESULT in a help window, newest first."
  (let ((decisions (append (plist-get result :decisions) nil)))
    (with-help-window "*phi-ls why*"
      (princ (if decisions
                 "Why phi-ls suggested nothing here, newest first:\n\n"
               "phi-ls has not decided against a suggestion here.\n"))
      (mapc (lambda (decision) (princ (phi-ls-status--decision decision))) decisions))))

(defun phi-ls-status--decision (decision)
  "Return DECISION as a line."
  (let ((detail (plist-get decision :detail)))
    (format "%s  line %d: %s%s\n"
            (format-time-string "%T" (encode-time (iso8601-parse (plist-get decision :time))))
            (1+ (plist-get decision :line))
            (plist-get decision :reason)
            (if (string-empty-p detail) "" (format " (%s)" detail)))))

(provide 'phi-ls-status)
;;; phi-ls-status.el ends here
