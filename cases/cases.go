// Package cases carries the bundled cases: one folder each, with a recording and a lesson. Package lesson reads them.
package cases

import (
	"embed"
	"io/fs"
)

//go:embed */case.yaml */capture.pcapng
var files embed.FS

// FS returns the folders of all cases. A folder holds capture.pcapng and case.yaml.
func FS() fs.FS { return files }
