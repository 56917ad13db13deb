// Package killtest kills the real program under load and looks at what is left: all that
// was acknowledged is there, and every message that was due was shown once.
package killtest
