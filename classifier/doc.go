// Package classifier says what a report may be: its level by rules that cite their
// clause and quote the words that they matched, its unit by duty and region. Assess
// is pure and needs no network; it never lowers what a person gave.
package classifier
