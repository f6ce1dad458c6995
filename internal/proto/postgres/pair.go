package postgres

// Bounds of what is remembered of a connection.
const (
	// maxPending bounds the memory of messages that wait for their answers. Beyond it answers are shown without them.
	maxPending = 8 << 20
	// maxStatements is how many prepared statements and portals are remembered each; pools keep some hundred.
	maxStatements = 512
)

// statement is a prepared statement.
type statement struct{ parse, description *Message }

// portal is a statement with its parameters, ready to be executed.
type portal struct {
	statement   *statement
	description *Message
}

// pairs finds out what a backend answers, and which columns its rows have.
type pairs struct {
	pending []*Message
	size    int
	// unsure says that messages were lost. It lasts until the next ReadyForQuery.
	unsure bool
	// skipping says that the backend passes over everything until a Sync, because of an error.
	skipping bool

	statements map[string]*statement
	portals    map[string]*portal
	simple     *Message // the RowDescription of the simple query that is running
}

func newPairs() pairs {
	return pairs{statements: map[string]*statement{}, portals: map[string]*portal{}}
}

// drop forgets what waits.
func (p *pairs) drop() { p.pending, p.size, p.unsure, p.skipping = nil, 0, true, false }

// ask files what a frontend sends.
func (p *pairs) ask(m *Message) {
	switch m.Kind {
	case Startup, Password:
		// The dialogue about the password is one question and one answer at a time.
		p.pending, p.size, p.unsure = nil, 0, false
	case Parse:
		remember(p.statements, m.Statement, &statement{parse: m})
	case Bind:
		m.portal = &portal{statement: p.statements[m.Statement]}
		m.Prepared = m.portal.prepared()
		remember(p.portals, m.Portal, m.portal)
	case Describe:
		m.portal = &portal{statement: p.statements[m.Statement]}
		if m.Target == 'P' {
			m.portal = p.portals[m.Portal]
		}
		m.Prepared = m.portal.prepared()
	case Execute:
		m.portal = p.portals[m.Portal]
		m.Prepared = m.portal.prepared()
	case Close:
		if m.Target == 'S' {
			delete(p.statements, m.Statement)
		} else {
			delete(p.portals, m.Portal)
		}
	case Query, Sync, FunctionCall:
		p.skipping = false
	default:
		return // nothing answers it
	}
	if p.unsure || p.skipping {
		return
	}
	m.size = m.Kept()
	if p.size += m.size; p.size > maxPending {
		p.drop()
		return
	}
	p.pending = append(p.pending, m)
}

// remember keeps a value under a name; when there are too many it begins anew.
func remember[T any](table map[string]*T, name string, v *T) {
	if _, ok := table[name]; !ok && len(table) >= maxStatements {
		clear(table)
	}
	table[name] = v
}

// prepared returns the Parse of a portal's statement, nil if it is not known.
func (p *portal) prepared() *Message {
	if p == nil || p.statement == nil {
		return nil
	}
	return p.statement.parse
}

// head returns what waits longest if it is of one of the kinds.
func (p *pairs) head(kinds ...Kind) *Message {
	if len(p.pending) == 0 {
		return nil
	}
	for _, k := range kinds {
		if p.pending[0].Kind == k {
			return p.pending[0]
		}
	}
	return nil
}

// pop takes out what waits longest.
func (p *pairs) pop() {
	p.size -= p.pending[0].size
	p.pending[0] = nil
	p.pending = p.pending[1:]
}

// take is head, and takes it out.
func (p *pairs) take(kinds ...Kind) *Message {
	m := p.head(kinds...)
	if m != nil {
		p.pop()
	}
	return m
}

// answered says which of a frontend's messages a backend's one answers; that one is done with if last is set.
var answered = map[Kind]struct {
	kinds []Kind
	last  bool
}{
	Authentication:           {[]Kind{Startup, Password}, false},
	NegotiateProtocolVersion: {[]Kind{Startup, Password}, false},
	ParseComplete:            {[]Kind{Parse}, true},
	BindComplete:             {[]Kind{Bind}, true},
	CloseComplete:            {[]Kind{Close}, true},
	ParameterDescription:     {[]Kind{Describe}, false},
	NoData:                   {[]Kind{Describe}, true},
	CopyInResponse:           {[]Kind{Query, Execute}, false},
	CopyOutResponse:          {[]Kind{Query, Execute}, false},
	CopyBothResponse:         {[]Kind{Query, Execute}, false},
	CopyData:                 {[]Kind{Query, Execute}, false},
	CopyDone:                 {[]Kind{Query, Execute}, false},
	NoticeResponse:           {[]Kind{Query, Execute}, false},
	PortalSuspended:          {[]Kind{Execute}, true},
	FunctionCallResponse:     {[]Kind{FunctionCall}, false},
}

// answer pairs what a backend sends. ParameterStatus, NotificationResponse and the like come unasked.
func (p *pairs) answer(m *Message) {
	switch m.Kind {
	case RowDescription:
		p.describe(m)
	case DataRow:
		p.rows(m)
	case CommandComplete, EmptyQueryResponse:
		if m.Request = p.take(Execute); m.Request == nil {
			m.Request = p.head(Query)
		}
	case ErrorResponse:
		p.fail(m)
	case ReadyForQuery:
		p.ready(m)
	default:
		a := answered[m.Kind]
		if m.Request = p.head(a.kinds...); m.Request != nil && a.last {
			p.pop()
		}
	}
}

func (p *pairs) describe(m *Message) {
	if m.Request = p.head(Query); m.Request != nil {
		p.simple = m
		return
	}
	m.Request = p.take(Describe)
	if r := m.Request; r != nil && r.portal != nil {
		r.portal.description = m
		if r.portal.statement != nil {
			r.portal.statement.description = m
		}
	}
	if m.Request == nil {
		p.simple = m // captured from the middle: what follows are its rows
	}
}

func (p *pairs) rows(m *Message) {
	m.Request = p.head(Query, Execute)
	switch r := m.Request; {
	case r == nil || r.Kind == Query:
		m.Described = p.simple
	case r.portal != nil:
		m.Described = r.portal.description
		if m.Described == nil && r.portal.statement != nil {
			m.Described = r.portal.statement.description
		}
	}
}

// fail pairs an error. In the extended protocol the backend then skips all up to the next Sync.
func (p *pairs) fail(m *Message) {
	if len(p.pending) == 0 {
		return
	}
	m.Request = p.pending[0]
	for p.head(Parse, Bind, Describe, Execute, Close) != nil {
		p.pop()
		p.skipping = len(p.pending) == 0
	}
}

// ready ends what a Query or Sync began.
func (p *pairs) ready(m *Message) {
	p.simple = nil
	if p.unsure {
		p.unsure = false
		return
	}
	for len(p.pending) > 0 {
		last := p.pending[0]
		p.pop()
		switch last.Kind {
		case Query, Sync, FunctionCall, Startup, Password:
			m.Request = last
			return
		default: // it was not answered
		}
	}
}
