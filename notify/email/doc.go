// Package email sends messages by SMTP, one connection a message. A retry carries the
// same Message-ID, by which mail servers and readers' programs tell that it is one.
package email
