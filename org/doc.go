// Package org says who: units as a tree with regions, persons, the posts they
// hold, the roster (shifts, leave, stand-ins), and whom an audience of posts
// means at a given instant. It knows nothing of incidents and keeps nothing;
// a [Directory] is a value that its owner replaces whole when it changes.
//
// Read package incident next: what may be done by these people.
package org
