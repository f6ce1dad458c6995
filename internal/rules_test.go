package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the import path of the module, with the slash behind it.
const module = "tcptalk/"

// aPackage is what the sources of one folder say about themselves.
type aPackage struct {
	path     string // import path without the module
	name     string
	comment  string
	testOnly bool
	imports  []anImport
}

// anImport is one import line.
type anImport struct {
	path, file string
	test       bool
}

// modulePackages parses the import lines and package comments of the whole module.
func modulePackages(t *testing.T) []*aPackage {
	t.Helper()
	byPath := map[string]*aPackage{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if base := d.Name(); name != ".." && (base == "testdata" || base[0] == '.' || base[0] == '_') {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "../")
		if byPath[dir] == nil {
			byPath[dir] = &aPackage{path: dir, testOnly: true}
		}
		byPath[dir].add(strings.TrimPrefix(filepath.ToSlash(name), "../"), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(byPath) < 2 {
		t.Fatal("found no packages: is the test run in its own folder?")
	}
	packages := make([]*aPackage, 0, len(byPath))
	for _, p := range byPath {
		packages = append(packages, p)
	}
	slices.SortFunc(packages, func(a, b *aPackage) int { return strings.Compare(a.path, b.path) })
	return packages
}

// add notes what one parsed file contributes.
func (p *aPackage) add(name string, file *ast.File) {
	test := strings.HasSuffix(name, "_test.go")
	if !test {
		p.name, p.testOnly = file.Name.Name, false
		if p.comment == "" {
			p.comment = file.Doc.Text()
		}
	}
	for _, spec := range file.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil {
			p.imports = append(p.imports, anImport{path: imported, file: name, test: test})
		}
	}
}

// forbidden returns why package from (without the module) must not import to, or "". test says that a test imports it.
func forbidden(from, to string, test bool) string {
	if inside, ok := strings.CutPrefix(to, module); ok {
		return forbiddenInside(from, inside, test)
	}
	first, _, _ := strings.Cut(to, "/")
	switch {
	case to == "C":
		return "no package of tcptalk uses cgo itself"
	case !strings.Contains(first, "."):
		return "" // the standard library
	}
	return forbiddenLibrary(from, to, test)
}

// forbiddenInside judges an import of another package of this module.
func forbiddenInside(from, to string, test bool) string {
	r := findRow(from)
	switch {
	case test && !aboveTheEngine(from) && aboveTheEngine(to):
		return "tests of the engine know nothing of the window"
	case test, from == to:
		return ""
	case slices.ContainsFunc(r.not, func(p string) bool { return matches(p, to) }):
		return "the table excludes it"
	case slices.ContainsFunc(r.may, func(p string) bool { return matches(p, to) }), r.upTo != "" && reaches(r.upTo, to):
		return ""
	}
	return "the table in internal/architecture_test.go does not allow it; imports point down"
}

// aboveTheEngine reports that a package belongs to the window or uses it.
func aboveTheEngine(pkg string) bool {
	return inTree("internal/ui/...", pkg) || pkg == "internal/app" || pkg == "cmd/tcptalk-desktop"
}

// forbiddenLibrary judges an import from outside the standard library and this module.
func forbiddenLibrary(from, to string, test bool) string {
	best := -1
	for i, l := range libraries {
		if inTree(l.prefix+"/...", to) && (best < 0 || len(l.prefix) > len(libraries[best].prefix)) {
			best = i
		}
	}
	if best < 0 {
		return "this library has no line in internal/architecture_test.go"
	}
	l := libraries[best]
	if test && l.tests || slices.ContainsFunc(l.in, func(tree string) bool { return inTree(tree, from) }) {
		return ""
	}
	if len(l.in) == 0 {
		return "only tests may"
	}
	return "only " + strings.Join(l.in, ", ") + " may"
}

// findRow returns the table's row for a package, the exact one before a pattern, or nil.
func findRow(pkg string) *row {
	var found *row
	for i := range table {
		if r := &table[i]; r.pkg == pkg {
			return r
		} else if matches(r.pkg, pkg) {
			found = r
		}
	}
	return found
}

// reaches reports that pkg's row is upTo or stands above it.
func reaches(upTo, pkg string) bool {
	target := findRow(pkg)
	for i := range table {
		if &table[i] == target {
			return true
		}
		if table[i].pkg == upTo {
			return false
		}
	}
	return false
}

// matches reports that pkg is pattern, or a direct child of it where pattern ends in "/*".
func matches(pattern, pkg string) bool {
	if parent, ok := strings.CutSuffix(pattern, "/*"); ok {
		return path.Dir(pkg) == parent
	}
	return pattern == pkg
}

// inTree reports that pkg is tree, or lies below it where tree ends in "/...".
func inTree(tree, pkg string) bool {
	root, ok := strings.CutSuffix(tree, "/...")
	return pkg == root || ok && strings.HasPrefix(pkg, root+"/")
}
