package narrate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"tcptalk/internal/capture/live"
)

// constants returns the values of the string constants of a type in package live.
func constants(t *testing.T, typeName string) (out []string) {
	t.Helper()
	for _, name := range []string{"problem.go", "doctor.go", "run.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), "../capture/live/"+name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				if id, ok := v.Type.(*ast.Ident); ok && id.Name == typeName {
					if text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value); err == nil {
						out = append(out, text)
					}
				}
			}
			return true
		})
	}
	if len(out) == 0 {
		t.Fatalf("no constants of type %s", typeName)
	}
	return out
}

// TestCaptureWords asks that everything a live capture can say is said in both languages.
func TestCaptureWords(t *testing.T) {
	for _, l := range []Lang{English, Chinese} {
		for _, kind := range constants(t, "ProblemKind") {
			if title, text := CaptureProblem(l, live.ProblemKind(kind)); title == "" || text == "" {
				t.Errorf("%v: problem %s has no words", l, kind)
			}
		}
		for _, kind := range constants(t, "AdviceKind") {
			if CaptureAdvice(l, live.AdviceKind(kind)) == "" {
				t.Errorf("%v: advice %s has no words", l, kind)
			}
		}
		for _, why := range constants(t, "EndReason") {
			if CaptureEnd(l, live.EndReason(why)) == "" {
				t.Errorf("%v: end %s has no words", l, why)
			}
		}
		for _, kind := range constants(t, "NoticeKind") {
			if s := CaptureNotice(l, live.Notice{Kind: live.NoticeKind(kind), N: 7e9, Message: "eth7"}); s == "" || strings.Contains(s, "$") {
				t.Errorf("%v: notice %s says %q", l, kind, s)
			}
		}
	}
	if s := CaptureNotice(English, live.Notice{Kind: live.NoticeClockBack, N: 1<<64 - 1}); !strings.Contains(s, "set back by") {
		t.Error(s)
	}
}
