package tcp

import (
	"net/netip"
	"reflect"
	"testing"

	"tcptalk/internal/flow"
)

// TestSwapTurnsEveryFieldRound fills every field that is indexed by sender with two values and looks for those that stay.
func TestSwapTurnsEveryFieldRound(t *testing.T) {
	c := Connection{
		Client: netip.MustParseAddrPort("10.0.0.1:1"), Server: netip.MustParseAddrPort("10.0.0.2:2"), FirstFrom: flow.ServerToClient,
	}
	v := reflect.ValueOf(&c).Elem()
	pairs := 0
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() != reflect.Array {
			continue
		}
		pairs++
		switch e := f.Index(1); {
		case e.CanUint():
			e.SetUint(7)
		case e.CanInt():
			e.SetInt(7)
		default:
			t.Fatalf("%s: %v", v.Type().Field(i).Name, e.Kind())
		}
	}
	before := c
	c.Swap()
	for i := range v.NumField() {
		if f, was := v.Field(i), reflect.ValueOf(before).Field(i); f.Kind() == reflect.Array && (!f.Index(0).Equal(was.Index(1)) || !f.Index(1).Equal(was.Index(0))) {
			t.Errorf("%s stays", v.Type().Field(i).Name)
		}
	}
	if pairs < 10 || c.Client != before.Server || c.Server != before.Client || c.FirstFrom != flow.ClientToServer || c.EndedBy != flow.ServerToClient {
		t.Errorf("%d pairs, %+v", pairs, c)
	}
	if c.Swap(); c != before {
		t.Error("swapping twice changes something")
	}
}
