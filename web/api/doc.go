// Package api is the JSON API under /api/v1: one table of routes, from which the
// handlers are mounted and /openapi.json is made. It decodes, asks desk and answers;
// reporters are masked in everything that it writes but the answer to unmask. Errors
// are returned to package web, the only place that turns them into a status.
package api
