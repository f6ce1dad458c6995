package postgres

// typeNames are the names of the built-in types that results have most (pg_type.dat).
var typeNames = map[uint32]string{
	16: "bool", 17: "bytea", 18: "char", 19: "name", 20: "int8", 21: "int2", 23: "int4", 24: "regproc", 25: "text", 26: "oid", 27: "tid",
	28: "xid", 29: "cid", 114: "json", 142: "xml", 600: "point", 650: "cidr", 700: "float4", 701: "float8", 705: "unknown", 790: "money",
	829: "macaddr", 869: "inet", 1000: "bool[]", 1005: "int2[]", 1007: "int4[]", 1009: "text[]", 1015: "varchar[]", 1016: "int8[]",
	1021: "float4[]", 1022: "float8[]", 1033: "aclitem", 1042: "bpchar", 1043: "varchar", 1082: "date", 1083: "time", 1114: "timestamp",
	1184: "timestamptz", 1186: "interval", 1266: "timetz", 1560: "bit", 1562: "varbit", 1700: "numeric", 2205: "regclass", 2206: "regtype",
	2249: "record", 2278: "void", 2950: "uuid", 3802: "jsonb", 3904: "int4range",
}

// TypeName returns the name of a built-in type, "" if it is not known.
func TypeName(oid uint32) string { return typeNames[oid] }
