package page

import (
	"fmt"
	"net/http"

	"huiying/desk"
	"huiying/incident"
)

// file reads the incident that a request names, with its log and what was sent about it,
// for somebody who may read it.
func (p *Pages) file(r *http.Request, v Visit) (incident.Case, []incident.Entry, []desk.Delivery, error) {
	id, err := p.id(r)
	if err != nil {
		return incident.Case{}, nil, nil, err
	}
	ctx := r.Context()
	if err := p.Desk.CheckRead(ctx, v.By, id); err != nil {
		return incident.Case{}, nil, nil, fmt.Errorf("check right: %w", err)
	}
	c, err := p.Desk.Get(ctx, id)
	if err != nil {
		return incident.Case{}, nil, nil, fmt.Errorf("read incident: %w", err)
	}
	entries, err := p.Desk.Store.Log(ctx, id)
	if err != nil {
		return incident.Case{}, nil, nil, fmt.Errorf("read log: %w", err)
	}
	deliveries, err := p.Desk.Store.Deliveries(ctx, id)
	if err != nil {
		return incident.Case{}, nil, nil, fmt.Errorf("read deliveries: %w", err)
	}
	return c, entries, deliveries, nil
}
