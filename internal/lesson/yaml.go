package lesson

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"tcptalk/internal/narrate"
)

// parseForm reads the YAML. The library panics on some broken documents (found by fuzzing); that is an error like any other.
// What is wrong is a *refusal.
func parseForm(b []byte) (f caseForm, err error) {
	defer func() {
		if recover() != nil {
			err = refuse(narrate.Text{"this is no valid YAML", "这不是合法的 YAML"})
		}
	}()
	if err = plainYAML(b); err == nil {
		err = worded(yaml.UnmarshalWithOptions(b, &f, yaml.Strict()))
	}
	return f, err
}

// plainYAML refuses anchors and aliases: a few bytes of them can stand for gigabytes.
func plainYAML(b []byte) error {
	for _, t := range lexer.Tokenize(string(b)) {
		if t.Type == token.AnchorType || t.Type == token.AliasType {
			return refuse(narrate.Text{"line %d: anchors and aliases are not allowed", "第 %d 行：不允许使用锚点和别名"}, t.Position.Line)
		}
	}
	return nil
}

// worded says what the YAML library found, and where, in every language.
func worded(err error) error {
	var found yaml.Error
	if !errors.As(err, &found) || found.GetToken() == nil {
		return err
	}
	var said narrate.Text
	var arg any
	switch e := found.(type) {
	case *yaml.UnknownFieldError:
		said = narrate.Text{"unknown key %q", "未知的键 %q"}
		arg = e.Token.Value
	case *yaml.OverflowError:
		said = narrate.Text{"the number %s is too large or below zero", "数字 %s 太大或小于零"}
		arg = e.SrcNum
	case *yaml.TypeError:
		said = narrate.Text{"want %s", "应为%s"}
		arg = typeWords[e.DstType.Kind()]
	case *yaml.UnexpectedNodeTypeError:
		said = narrate.Text{"want %s", "应为%s"}
		arg = nodeWords[e.Expected]
	default:
		said = narrate.Text{"this is no valid YAML: %s", "YAML 语法有误：%s"}
		arg = syntaxWords(found)
	}
	at := found.GetToken().Position
	return refuse(narrate.Text{"line %d, column %d: %s", "第 %d 行第 %d 列：%s"}, at.Line, at.Column, narrate.Text(*refuse(said, arg)))
}

// syntaxWords say what is wrong with the syntax: in English as the library does, in other languages by the text where it is.
func syntaxWords(e yaml.Error) narrate.Text {
	near := e.GetToken().Value
	if strings.Contains(e.GetMessage(), "already defined") {
		return narrate.Text{e.GetMessage(), fmt.Sprintf("%.40q 出现了两次", near)}
	}
	if near == "" {
		return narrate.Text{e.GetMessage(), "缺少内容"}
	}
	return narrate.Text{e.GetMessage(), fmt.Sprintf("在 %.40q 附近", near)}
}

// What a key may be given.
var (
	aNumber = narrate.Text{"a number", "数字"}
	aText   = narrate.Text{"a text", "文字"}
	aTruth  = narrate.Text{"true or false", " true 或 false"}
	aList   = narrate.Text{"a list", "列表"}
	theKeys = narrate.Text{"keys with values", "键和值"}

	typeWords = map[reflect.Kind]narrate.Text{
		reflect.Int: aNumber, reflect.Int64: aNumber, reflect.Uint32: aNumber, reflect.String: aText, reflect.Bool: aTruth,
		reflect.Slice: aList, reflect.Map: theKeys, reflect.Struct: theKeys,
	}
	nodeWords = map[ast.NodeType]narrate.Text{
		ast.SequenceType: aList, ast.MappingType: theKeys, ast.StringType: aText, ast.IntegerType: aNumber, ast.BoolType: aTruth,
	}
)
