package narrate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\$\{\w+\}`)

// TestPlaceholders reads every text of the package in its source: what one language fills in, the other does too.
func TestPlaceholders(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files, texts := token.NewFileSet(), 0
	for _, name := range names {
		f, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			text, ok := literal(n)
			if !ok {
				return true
			}
			texts++
			if en, zh := filledIn(text[English]), filledIn(text[Chinese]); !slices.Equal(en, zh) {
				t.Errorf("%v: %v in English, %v in Chinese", files.Position(n.Pos()), en, zh)
			}
			return true
		})
	}
	if texts < 300 {
		t.Errorf("only %d texts found", texts)
	}
}

// literal reads a Text from its source.
func literal(n ast.Node) (text Text, ok bool) {
	lit, ok := n.(*ast.CompositeLit)
	if !ok || len(lit.Elts) != NumLangs {
		return Text{}, false
	}
	for l, e := range lit.Elts {
		word, ok := e.(*ast.BasicLit)
		if !ok || word.Kind != token.STRING {
			return Text{}, false
		}
		text[l], _ = strconv.Unquote(word.Value) // it was parsed
	}
	return text, true
}

// filledIn returns the names of a text's placeholders. English has some that only serve its plurals.
func filledIn(s string) []string {
	s = strings.ReplaceAll(strings.ToLower(s), "${times}", "${n}")
	names := placeholder.FindAllString(strings.ReplaceAll(s, "${s}", ""), -1)
	slices.Sort(names)
	return slices.Compact(names)
}
