package mysql

// Column is the definition of a column or parameter (Protocol::ColumnDefinition41).
type Column struct {
	Table, Name string
	Type        Type
	Unsigned    bool
	// Binary says that its values are bytes, not text.
	Binary bool
}

// Bounds of result sets.
const (
	// maxColumns is the most columns that a table can have.
	maxColumns = 4096
	// keptColumns bounds the columns that are kept: more than fit on a screen.
	keptColumns = 256
	// keptRows bounds the rows that are kept: what a person reads in a chat.
	keptRows = 20
)

// Result is a result set, or the columns of a table.
type Result struct {
	// Columns are the first columns; ColumnCount is how many there are.
	Columns     []Column
	ColumnCount int
	// Rows are the first rows, of which values beyond Columns are left out; RowCount is how many came, RowBytes their length.
	Rows     [][]Value
	RowCount int64
	RowBytes int64
	// Binary says that the rows are in the binary form, as answers to prepared statements are.
	Binary bool
}

// Prepare is a statement that the server has prepared (COM_STMT_PREPARE_OK).
type Prepare struct {
	ID uint32
	// Text is the beginning of its SQL, nil if that was not seen. It is the Text of the command.
	Text []byte
	// Params and Columns are the first definitions; the counts say how many there are.
	Params, Columns         []Column
	ParamCount, ColumnCount int
	Warnings                uint16
}

// Flags are the server's status.
type Flags uint16

// The flags that say something to a person or the reader.
const (
	InTransaction       Flags = 0x0001
	AutoCommit          Flags = 0x0002
	MoreResults         Flags = 0x0008
	CursorExists        Flags = 0x0040
	LastRowSent         Flags = 0x0080
	NoBackslashEscapes  Flags = 0x0200
	SlowQuery           Flags = 0x0800
	ReadOnlyTransaction Flags = 0x2000
	SessionChanged      Flags = 0x4000
)

// Has reports that all the flags in f are set.
func (s Flags) Has(f Flags) bool { return s&f == f }

// Status is what an OK or EOF packet says.
type Status struct {
	// OK says that it is an OK packet, perhaps one in the place of an EOF packet: those have no more than Flags and Warnings.
	OK                 bool
	Affected, InsertID uint64
	Flags              Flags
	Warnings           uint16
	Info               string
	// Database is the one that became the default, and Variables those that changed, with their new values.
	Database  string
	Variables []Value
}

// Failure is what an ERR packet says.
type Failure struct {
	Code uint16
	// State is the SQL state, "" if the packet has none.
	State   string
	Message string
}

// readEOF reads an EOF packet behind its first byte. The oldest servers send nothing more.
func readEOF(c *cursor) *Status {
	s := &Status{}
	if len(c.b) > 0 {
		s.Warnings, s.Flags = c.u16(), Flags(c.u16())
	}
	return s
}

// readOK reads an OK packet behind its first byte.
func readOK(c *cursor, caps Capability) *Status {
	s := &Status{OK: true}
	s.Affected, _ = c.length()
	s.InsertID, _ = c.length()
	s.Flags = Flags(c.u16())
	if len(c.b) > 0 { // before MySQL 4.1 there is no more
		s.Warnings = c.u16()
	}
	if !caps.Has(CapSessionTrack) {
		// The description has the text alone here, and servers put its length in front.
		if n := len(c.b); n > 1 && int(c.b[0]) == n-1 {
			c.u8()
		}
		s.Info = clip(c.b)
		return s
	}
	if len(c.b) > 0 {
		s.Info = c.name()
	}
	if s.Flags.Has(SessionChanged) && len(c.b) > 0 {
		b, _, _ := c.counted()
		s.changes(&cursor{b: b})
	}
	return s
}

// changes reads what changed in the session; kinds of change that are not known are passed over.
func (s *Status) changes(c *cursor) {
	const (
		variable = 0 // SESSION_TRACK_SYSTEM_VARIABLES
		schema   = 1 // SESSION_TRACK_SCHEMA
	)
	for len(c.b) > 0 {
		kind := c.u8()
		b, _, _ := c.counted()
		for in := (cursor{b: b}); len(in.b) > 0; {
			v := Value{Name: in.name()}
			switch {
			case kind == schema:
				s.Database = v.Name
				continue
			case kind != variable:
				in.b = nil
				continue
			}
			v.Text = []byte(in.name())
			if v.Size = uint64(len(v.Text)); len(s.Variables) < maxAttributes {
				s.Variables = append(s.Variables, v)
			}
		}
	}
}

// progressCode is the error code that stands for a progress report (MariaDB).
const progressCode = 0xffff

// readFailure reads an ERR packet behind its first byte.
func readFailure(c *cursor) *Failure {
	const stateLen = 5
	f := &Failure{Code: c.u16()}
	if len(c.b) > stateLen && c.b[0] == '#' {
		f.State = string(c.b[1 : 1+stateLen])
		c.take(1 + stateLen)
	}
	f.Message = clip(c.b)
	return f
}

// readColumn reads the definition of a column.
func readColumn(c *cursor, caps Capability) (col Column) {
	const (
		unsignedFlag = 0x20
		binarySet    = 63 // the character set "binary"
	)
	c.counted() // the catalog
	c.counted() // the database
	col.Table = c.name()
	c.counted() // the table's own name
	col.Name = c.name()
	c.counted() // the column's own name
	if caps.Has(CapExtendedMetadata) {
		c.counted()
	}
	c.length() // of the rest, which is fixed
	set := c.u16()
	c.u32() // width on a screen
	col.Type = Type(c.u8())
	col.Unsigned = c.u16()&unsignedFlag != 0
	col.Binary = set == binarySet
	return col
}

// row counts a row and keeps it as far as there is room.
func (m *Message) row(p *packet) {
	r := m.Result
	r.RowCount++
	r.RowBytes += p.length
	if len(r.Rows) == keptRows {
		return
	}
	c := cursor{b: p.buf}
	room := m.room
	var row []Value
	if r.Binary {
		row = m.binaryRow(&c)
	} else {
		row = m.textRow(&c)
	}
	fits := !c.short && (len(c.b) == 0 || len(r.Columns) < r.ColumnCount)
	m.note(p.whole() && !fits, BadRow)
	if m.room > 0 || room > 0 {
		r.Rows = append(r.Rows, row)
	}
}

// textRow reads the values of a row in text form.
func (m *Message) textRow(c *cursor) (row []Value) {
	for i := 0; i < min(m.Result.ColumnCount, keptColumns) && !c.short; i++ {
		row = append(row, m.textValue(c))
	}
	return row
}

// binaryRow reads the values of a row in binary form (Binary Protocol Resultset Row).
func (m *Message) binaryRow(c *cursor) (row []Value) {
	const offset = 2 // of the bitmap of NULLs
	r := m.Result
	c.take(1)
	nulls := c.take(uint64(r.ColumnCount+7+offset) / 8)
	for i := 0; i < len(r.Columns) && !c.short; i++ {
		bit := i + offset
		if nulls[bit/8]&(1<<(bit%8)) != 0 {
			row = append(row, Value{Null: true, Type: r.Columns[i].Type})
			continue
		}
		row = append(row, m.binaryValue(c, r.Columns[i].Type, r.Columns[i].Unsigned))
	}
	return row
}

// fitsText reports that a row can be one in text form.
func fitsText(p *packet, columns int) bool {
	c := cursor{b: p.buf}
	for i := 0; i < columns && !c.short; i++ {
		c.counted()
	}
	return !c.short && len(c.b) == 0 || !p.whole()
}
