package assets

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// install runs the installer with programs that do nothing.
func install(t *testing.T, action, prefix, dest string) (output string, err error) {
	t.Helper()
	bin := t.TempDir()
	for _, name := range []string{"tcptalk", "tcptalk-desktop", "tcptalk-capture"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "../.make/install.sh", action, bin)
	cmd.Env = append(os.Environ(), "PREFIX="+prefix, "DESTDIR="+dest)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// files lists what lies below a folder.
func files(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, strings.TrimPrefix(path, root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestInstallAndUninstall(t *testing.T) {
	for _, prefix := range []string{"/usr", `/opt/my "tools" 100% $HOME\x`} {
		dest := filepath.Join(t.TempDir(), "a package")
		if out, err := install(t, "install", prefix, dest); err != nil {
			t.Fatalf("%s, %v", out, err)
		}
		want := []string{
			"/bin/tcptalk", "/bin/tcptalk-capture", "/bin/tcptalk-desktop", "/share/applications/io.github.tcptalk.desktop",
			"/share/icons/hicolor/scalable/apps/io.github.tcptalk.svg", "/share/mime/packages/io.github.tcptalk.xml",
		}
		if got := files(t, dest+prefix); !slices.Equal(got, want) {
			t.Errorf("%s: %q", prefix, got)
		}
		for _, program := range want[:3] {
			if st, err := os.Stat(dest + prefix + program); err != nil || st.Mode().Perm() != 0o755 {
				t.Errorf("%s: %v, %v", program, st, err)
			}
		}
		desktop, err := os.ReadFile(dest + prefix + want[3])
		if err != nil {
			t.Fatal(err)
		}
		exec := `Exec="` + map[string]string{
			"/usr": "/usr", `/opt/my "tools" 100% $HOME\x`: `/opt/my \\"tools\\" 100%% \\$HOME\\\\x`,
		}[prefix] + `/bin/tcptalk-desktop" %F`
		if s := string(desktop); !strings.Contains(s, exec+"\n") || !strings.Contains(s, "\nTryExec=/") || strings.Contains(s, "@") || strings.Contains(s, dest) {
			t.Errorf("%s, want %s", s, exec)
		}
		if out, err := install(t, "uninstall", prefix, dest); err != nil {
			t.Fatalf("%s, %v", out, err)
		}
		if left := files(t, dest); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
	if out, err := install(t, "install", "relative", t.TempDir()); err == nil {
		t.Errorf("a relative prefix is taken: %s", out)
	}
}

func TestMimeTypesOfTheDesktop(t *testing.T) {
	b, err := os.ReadFile("linux/io.github.tcptalk.xml")
	if err != nil {
		t.Fatal(err)
	}
	var info struct {
		Types []struct {
			Type  string `xml:"type,attr"`
			Globs []struct {
				Pattern string `xml:"pattern,attr"`
			} `xml:"glob"`
		} `xml:"mime-type"`
	}
	if err := xml.Unmarshal(b, &info); err != nil {
		t.Fatal(err)
	}
	desktop, err := os.ReadFile("linux/io.github.tcptalk.desktop")
	if err != nil {
		t.Fatal(err)
	}
	var globs []string
	for _, m := range info.Types {
		if !strings.Contains(string(desktop), m.Type+";") {
			t.Errorf("the desktop file does not name %s", m.Type)
		}
		for _, g := range m.Globs {
			globs = append(globs, g.Pattern)
		}
	}
	for _, glob := range []string{"*.pcap", "*.pcapng", "*.pcap.gz", "*.pcapng.zst"} {
		if !slices.Contains(globs, glob) {
			t.Errorf("%s has no type", glob)
		}
	}
}
