// Package match finds many words in a text in one pass (Aho-Corasick over bytes).
// It knows no incident; package classifier gives it the words of rules and duties.
package match
