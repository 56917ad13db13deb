// Package near tells which texts tell of the same matter. It owns the likeness of two
// texts: MinHash with LSH over character bigrams for copies, the rare words of titles
// and bodies for the same matter in other words, and names of places and numbers as
// evidence, since the same words at another place are another matter. It knows no
// incident, keeps nothing on disk and asks no network.
package near
