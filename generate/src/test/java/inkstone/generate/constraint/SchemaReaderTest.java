package inkstone.generate.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaReaderTest {

  private static Automaton automaton(String schema) {
    var every = new BitSet();
    every.set(0, 256);
    return Automaton.of(SchemaReader.read(schema.replace('\'', '"')), every);
  }

  private static void takes(String schema, List<String> yes, List<String> no) {
    var automaton = automaton(schema);
    for (var text : yes) {
      assertTrue(complete(automaton, text), schema + " takes " + text);
    }
    for (var text : no) {
      assertTrue(!complete(automaton, text), schema + " does not take " + text);
    }
  }

  private static boolean complete(Automaton automaton, String text) {
    automaton.begin();
    var state = automaton.start();
    for (byte value : text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)) {
      state = automaton.after(state, value & 0xFF);
    }
    return state.complete();
  }

  @Test
  void membersComeInTheSchemasOrder() {
    takes(
        "{'properties':{'a':{'const':1},'b':{'const':2},'c':{'const':3}},'required':['b']}",
        List.of("{'b':2}", "{'a':1,'b':2}", "{'b':2,'c':3}", "{'a': 1, 'b': 2, 'c': 3}"),
        List.of("{}", "{'a':1}", "{'b':2,'a':1}", "{'a':1,'b':2,}", "{'b':2,'d':4}", "{,'b':2}"));
    takes(
        "{'properties':{'a':{'const':1},'b':{'const':2}}}",
        List.of("{}", "{'a':1}", "{'b':2}", "{'a':1,'b':2}"),
        List.of("{'b':2,'a':1}"));
  }

  @Test
  void furtherMembersComeLastAndUnderOtherNames() {
    takes(
        "{'properties':{'a':{'const':1},'ab':{'const':2}},'required':['ab'],"
            + "'additionalProperties':{'type':'null'}}",
        List.of(
            "{'ab':2}",
            "{'ab':2,'b':null}",
            "{'ab':2,'abc':null,'':null}",
            "{'a':1,'ab':2,'x':null}"),
        List.of("{'ab':2,'a':null}", "{'ab':2,'ab':null}", "{'x':null,'ab':2}", "{'ab':2,'x':1}"));
    takes("{'type':'object','additionalProperties':false}", List.of("{}"), List.of("{'a':1}"));
    takes("{'type':'object'}", List.of("{}", "{'a':1,'b':{}}"), List.of("[]"));
    takes(
        "{'type':'object','required':['k']}",
        List.of("{'k':1}", "{'k':[],'l':2}"),
        List.of("{}", "{'l':2}"));
  }

  @Test
  void arraysHaveTheirBounds() {
    takes(
        "{'items':{'const':1},'minItems':1,'maxItems':3}",
        List.of("[1]", "[1,1]", "[1, 1, 1]"),
        List.of("[]", "[1,1,1,1]", "[1,]"));
    takes("{'items':{'const':1},'maxItems':0}", List.of("[]"), List.of("[1]"));
    takes("{'items':false}", List.of("[]"), List.of("[1]"));
    takes(
        "{'prefixItems':[{'const':1},{'const':2}]}",
        List.of("[]", "[1]", "[1,2]"),
        List.of("[2]", "[1,2,3]"));
    takes(
        "{'prefixItems':[{'const':1},{'const':2}],'items':{'const':3},'minItems':2,'maxItems':4}",
        List.of("[1,2]", "[1,2,3]", "[1,2,3,3]"),
        List.of("[1]", "[1,2,3,3,3]", "[1,2,2]"));
    takes("{'prefixItems':[{'const':1}],'maxItems':0}", List.of("[]"), List.of("[1]"));
  }

  @Test
  void lengthsCountCharacters() {
    takes(
        "{'type':'string','minLength':2,'maxLength':3}",
        List.of("'墨水'", "'ab'", "'😀a墨'", "'\\n\\u58a8'", "'\\ud83d\\ude00x'"),
        List.of("'a'", "'abcd'", "'\\ud83dx'", "'a\nb'"));
  }

  @Test
  void integersHaveTheirBounds() {
    var automaton = automaton("{'type':'integer','minimum':-12.5,'exclusiveMaximum':1050}");
    for (int i = -3_000; i <= 3_000; i++) {
      assertEquals(i >= -12 && i < 1_050, complete(automaton, "" + i), "" + i);
    }
    takes(
        "{'type':'integer'}",
        List.of("0", "-7", "9999999999999999"),
        List.of("-0", "007", "1.0", "1e2", "10000000000000000"));
    takes(
        "{'type':'integer','minimum':1e20}",
        List.of("100000000000000000000"),
        List.of("99999999999999999999"));
  }

  @Test
  void numbersHaveTheirBounds() {
    var closed = automaton("{'type':'number','minimum':-2,'maximum':11}");
    var open = automaton("{'type':'number','exclusiveMinimum':-2,'exclusiveMaximum':11}");
    for (int i = -400; i <= 1_300; i++) {
      var text = new java.math.BigDecimal(i).movePointLeft(2).toPlainString();
      assertEquals(i >= -200 && i <= 1_100, complete(closed, text), text);
      assertEquals(i > -200 && i < 1_100, complete(open, text), text);
    }
    takes(
        "{'type':'number'}",
        List.of("0", "-0.5", "1.25e-3", "3E5"),
        List.of("1.", ".5", "+1", "1e999", "01"));
    takes("{'type':'number','minimum':0}", List.of("0", "0.5", "12"), List.of("-0.5", "-1"));
    takes(
        "{'type':'number','exclusiveMinimum':0,'maximum':1}",
        List.of("0.01", "1", "1.0"),
        List.of("0", "0.0", "1.01"));
    takes(
        "{'type':'number','maximum':-1}", List.of("-1", "-1.5", "-1.0"), List.of("-0.5", "0", "1"));
  }

  @Test
  void schemasThatHoldTogetherAreJoined() {
    takes(
        "{'allOf':[{'type':['string','integer']},{'type':['number','null'],'minimum':3}],'maximum':5}",
        List.of("3", "5"),
        List.of("2", "6", "3.5", "null", "'a'"));
    takes(
        "{'$defs':{'s':{'type':'string','minLength':2}},'$ref':'#/$defs/s','maxLength':2}",
        List.of("'ab'"),
        List.of("'a'", "'abc'"));
    takes(
        "{'type':'object','properties':{'a':{'const':1}},'required':['a'],"
            + "'anyOf':[{'properties':{'b':{'const':2}},'required':['b']},{'properties':{'c':{'const':3}}}]}",
        List.of("{'a':1,'b':2}", "{'a':1}", "{'a':1,'c':3}"),
        List.of("{'b':2}", "{'a':1,'b':2,'c':3}"));
    takes("{'allOf':[{'enum':[1,2,3]},{'enum':[2,3,4]}]}", List.of("2", "3"), List.of("1", "4"));
  }

  @Test
  void referencesMayComeBack() {
    takes(
        "{'properties':{'next':{'anyOf':[{'$ref':'#'},{'type':'null'}]}},'required':['next']}",
        List.of("{'next':null}", "{'next':{'next':{'next':null}}}"),
        List.of("{}", "{'next':1}", "{'next':{}}"));
    takes(
        "{'$defs':{'a/b~c':{'const':1}},'items':{'$ref':'#/$defs/a~1b~0c'}}",
        List.of("[1]"),
        List.of("[2]"));
  }

  @Test
  void constantsAreWrittenAsTheyStand() {
    takes(
        "{'enum':['a\\n墨',1.50,{'k':[true,null]}],'title':'t'}",
        List.of("'a\\n墨'", "1.50", "{'k':[true,null]}"),
        List.of("'a\\u000a墨'", "1.5", "{'k': [true,null]}"));
    takes("{'type':'string','enum':['a',1]}", List.of("'a'"), List.of("1"));
  }

  @Test
  void formatsAreHeld() {
    takes(
        "{'format':'date'}",
        List.of("'2024-02-29'", "'2023-12-31'", "'2000-02-29'"),
        List.of("'2023-02-29'", "'1900-02-29'", "'2023-04-31'", "'2023-13-01'", "'2023-00-10'"));
    takes(
        "{'format':'date-time'}",
        List.of("'2023-01-01T23:59:59Z'", "'2023-01-01T00:00:00.123+08:00'"),
        List.of("'2023-01-01T24:00:00Z'", "'2023-01-01 00:00:00Z'", "'2023-01-01T00:00:00'"));
    takes(
        "{'format':'email'}",
        List.of("'ink.stone+a@inkstone.example'"),
        List.of("'a@b'", "'a b@c.de'"));
  }

  @Test
  void whatCannotBeHeldIsRefusedByNameAndPlace() {
    record Case(String schema, String told) {}
    for (var c :
        List.of(
            new Case(
                "{'properties':{'a/b':{'not':{}}}}", "#/properties/a~1b/not: the keyword 'not'"),
            new Case("{'patternProperties':{}}", "the keyword 'patternProperties'"),
            new Case("{'items':{'multipleOf':2}}", "#/items/multipleOf: the keyword 'multipleOf'"),
            new Case("{'uniqueItems':true}", "the keyword 'uniqueItems'"),
            new Case("{'items':[{}]}", "call it prefixItems"),
            new Case("{'type':'text'}", "#/type: must be one or a list of"),
            new Case("{'type':[]}", "must name a type or more"),
            new Case("{'$ref':'https://example.org/x'}", "outside this schema"),
            new Case("{'$ref':'#/$defs/x'}", "there is nothing at #/$defs/x"),
            new Case("{'$ref':'#'}", "refers to itself in a circle"),
            new Case("{'anyOf':[{'$ref':'#'},{'const':1}]}", "refers to itself in a circle"),
            new Case("{'allOf':[{'$ref':'#'}]}", "in a circle"),
            new Case("{'pattern':'(?=a)'}", "#/pattern: the regular expression has '(?='"),
            new Case("{'pattern':'a','minLength':1}", "pattern goes with neither"),
            new Case("{'format':'ipv4'}", "'ipv4' is none of the formats"),
            new Case("{'format':'date','maxLength':5}", "format goes with neither"),
            new Case("{'type':'number','minimum':0.5}", "must be a whole number, but is 0.5"),
            new Case("{'minimum':1e1000000000}", "more than 100 digits"),
            new Case("{'minimum':'1'}", "#/minimum: must be a number, but is \"1\""),
            new Case("{'minLength':-1}", "must be a whole number of 0 or more"),
            new Case("{'maxLength':10000000}", "more than can be counted"),
            new Case(
                "{'maxItems':100000,'items':{'maxLength':100000}}", "more than 200,000 states"),
            new Case("{'properties':{'a':{}},'required':['b']}", "'b' is required, but not among"),
            new Case("{'properties':[]}", "#/properties: a schema is an object"),
            new Case("{'anyOf':[]}", "#/anyOf: must be a list of one or more"),
            new Case("{'enum':[],'title':''}", "accepts no text at all"),
            new Case("{'enum':[1],'minimum':0}", "const and enum say all"),
            new Case("{'allOf':[{'pattern':'a'},{'pattern':'b'}]}", "both say 'pattern'"),
            new Case(
                "{'allOf':[{'additionalProperties':false},{'properties':{'a':{}}}]}",
                "cannot be joined"),
            new Case("false", "accepts no text at all"),
            new Case("7", "a schema is an object, true or false, but this is 7"),
            new Case("", "is empty"),
            new Case("{'a", "is not JSON"),
            new Case("{} {}", "is not JSON"))) {
      var e = assertThrows(ConstraintException.class, () -> automaton(c.schema), c.schema);
      assertTrue(String.valueOf(e.getMessage()).contains(c.told), c.schema + ": " + e.getMessage());
    }
  }
}
