package internal

import (
	"errors"
	"os"
	"regexp"
	"testing"
)

// TestMapIsTrue checks that every path that the map in doc.go names exists.
func TestMapIsTrue(t *testing.T) {
	if _, err := os.Stat("../cmd/tcptalk"); errors.Is(err, os.ErrNotExist) {
		t.Skip("cmd/tcptalk is not there yet: the map shows rooms that are still being built")
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile(`\b(internal|cmd)/[a-z0-9_/-]+(\.go)?`).FindAllString(string(doc), -1)
	if len(paths) < 10 {
		t.Fatalf("the map names %d paths only: is the expression that finds them wrong?", len(paths))
	}
	for _, path := range paths {
		if _, err := os.Stat("../" + path); err != nil {
			t.Errorf("the map in internal/doc.go names %s: %v", path, err)
		}
	}
}

// TestFirstCaseExists checks that the case which `make run` tells in a terminal is one of the bundled ones.
func TestFirstCaseExists(t *testing.T) {
	if _, err := os.Stat("../cases"); errors.Is(err, os.ErrNotExist) {
		t.Skip("no cases are bundled yet")
	}
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^FIRST_CASE := (\S+)$`).FindSubmatch(makefile)
	if found == nil {
		t.Fatal("the Makefile sets no FIRST_CASE")
	}
	if _, err := os.Stat("../cases/" + string(found[1])); err != nil {
		t.Errorf("FIRST_CASE of the Makefile is no bundled case: %v", err)
	}
}
