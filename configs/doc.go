// Package configs holds the defaults as commented YAML and templates, layers a file
// and the environment over them, and refuses what cannot be with the file, the line
// and how to mend it. The types it fills belong to the packages that use them; only
// cmd and internal/app import it.
package configs
