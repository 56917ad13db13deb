// Package wecom is the WeChat Work (企业微信) application: it sends messages and cards.
// Of the platform's library it takes the token's interface, the answers' types and their
// decoding; requests go out by our own client, since the library's neither take a
// context nor keep secrets out of errors, and marshal anew what must stay the same bytes.
package wecom
