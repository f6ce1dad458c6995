package export

import (
	"math"
	"net/url"
	"testing"
	"time"
)

// checkHAR holds an archive against what the HAR 1.2 specification requires of its objects.
func checkHAR(t *testing.T, v map[string]any) {
	t.Helper()
	log := needs(t, "log", v["log"], "version", "creator", "entries")
	needs(t, "creator", log["creator"], "name", "version")
	entries, ok := log["entries"].([]any)
	if !ok {
		t.Fatal("entries is no list")
	}
	before := ""
	for _, e := range entries {
		entry := needs(t, "entry", e, "startedDateTime", "time", "request", "response", "cache", "timings")
		started, _ := entry["startedDateTime"].(string)
		if _, err := time.Parse(time.RFC3339Nano, started); err != nil || started < before {
			t.Errorf("startedDateTime %q behind %q: %v", started, before, err)
		}
		before = started
		request := needs(t, "request", entry["request"], "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize")
		address, _ := request["url"].(string)
		if u, err := url.Parse(address); err != nil || !u.IsAbs() || u.Host == "" {
			t.Errorf("url %q: %v", address, err)
		}
		pairs(t, request["headers"], request["queryString"], request["cookies"])
		if post, ok := request["postData"]; ok {
			needs(t, "postData", post, "mimeType", "text")
		}
		response := needs(t, "response", entry["response"], "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize")
		pairs(t, response["headers"], response["cookies"])
		needs(t, "content", response["content"], "size", "mimeType")
		timings := needs(t, "timings", entry["timings"], "send", "wait", "receive")
		sum := 0.0
		for name, x := range timings {
			ms, ok := x.(float64)
			if !ok || ms < 0 && ms != -1 {
				t.Errorf("timing %s is %v", name, x)
			}
			sum += max(ms, 0)
		}
		if total, _ := entry["time"].(float64); math.Abs(total-sum) > 1e-6 {
			t.Errorf("time %v, timings sum up to %v", total, sum)
		}
	}
}

// needs reports the fields that an object lacks, and returns it.
func needs(t *testing.T, what string, v any, fields ...string) map[string]any {
	t.Helper()
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%s is no object: %v", what, v)
	}
	for _, f := range fields {
		if x, ok := m[f]; !ok || x == nil {
			t.Errorf("%s has no %s", what, f)
		}
	}
	return m
}

func pairs(t *testing.T, lists ...any) {
	t.Helper()
	for _, l := range lists {
		list, ok := l.([]any)
		if !ok {
			t.Fatalf("no list: %v", l)
		}
		for _, p := range list {
			needs(t, "pair", p, "name", "value")
		}
	}
}
