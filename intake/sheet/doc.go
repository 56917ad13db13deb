// Package sheet reads tables row by row: XLSX, CSV in the encodings that Chinese systems
// export, and JSON Lines, each perhaps gzipped. It knows rows and columns, not what they
// mean; whatever the size of a file, only a few rows of it are in memory. Its errors are
// sentences for people.
package sheet
