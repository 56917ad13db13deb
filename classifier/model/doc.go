// Package model learns from labelled texts what a text is about, whose it is and how
// grave: linear classifiers over words and characters, small, deterministic and able to
// say which words weighed. It knows no incident, and it keeps no text: words are kept as
// hashes only, so that a model file tells nobody what people wrote.
package model
