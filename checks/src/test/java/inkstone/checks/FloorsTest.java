package inkstone.checks;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The floors of the house, as docs/architecture.md draws them: imports go down only. */
class FloorsTest {

  /** Each room and the rooms that it may import. A new room is entered here. */
  private static final Map<String, Set<String>> FLOORS =
      new TreeMap<>(
          Map.ofEntries(
              entry("tensor", Set.of()),
              entry("text", Set.of()),
              entry("journal", Set.of()),
              entry("hub", Set.of("journal")),
              entry("model", Set.of("tensor", "text")),
              entry("data", Set.of("tensor", "text")),
              entry("generate", Set.of("tensor", "text", "model")),
              entry("evaluate", Set.of("tensor", "text", "model", "data", "generate", "journal")),
              entry(
                  "train",
                  Set.of("tensor", "text", "model", "data", "generate", "journal", "evaluate")),
              entry("words", Set.of("data", "journal")),
              entry(
                  "bench",
                  Set.of(
                      "words",
                      "tensor",
                      "text",
                      "model",
                      "data",
                      "generate",
                      "journal",
                      "evaluate",
                      "train")),
              entry(
                  "cli",
                  Set.of(
                      "words",
                      "tensor",
                      "text",
                      "journal",
                      "hub",
                      "model",
                      "data",
                      "generate",
                      "evaluate",
                      "train",
                      "bench"))));

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("/checks/target/"))
          .importPackages("inkstone");

  static Stream<String> rooms() {
    return FLOORS.keySet().stream();
  }

  @Test
  void everyRoomIsOnTheListAndWasRead() {
    var found =
        HOUSE.stream()
            .map(c -> c.getPackageName().split("\\.", -1)[1])
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(FLOORS.keySet(), found);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void importsGoDownOnly(String room) {
    var forbidden =
        FLOORS.keySet().stream()
            .filter(
                other ->
                    !other.equals(room) && !FLOORS.getOrDefault(room, Set.of()).contains(other))
            .map(FloorsTest::inside)
            .toArray(String[]::new);
    if (forbidden.length == 0) {
      return; // the top of the house
    }
    noClasses()
        .that()
        .resideInAPackage(inside(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(HOUSE);
  }

  @Test
  void noCycles() {
    slices().matching("inkstone.(*)..").should().beFreeOfCycles().check(HOUSE);
  }

  @Test
  void onlyTensorKnowsLibtorch() {
    noClasses()
        .that()
        .resideOutsideOfPackage(inside("tensor"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(HOUSE);
  }

  @Test
  void trainingEmitsEventsAndDrawsNothing() {
    noClasses()
        .that()
        .resideInAnyPackage(inside("train"), inside("evaluate"), inside("words"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(inside("journal"))
                .and(named("(Html|Terminal|TensorBoard|Report|Progress|Render).*")))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  /** The workers of bench are processes of their own, which talk over their standard streams. */
  @Test
  void onlyTheCommandLineTheTerminalAndWorkersPrint() {
    noClasses()
        .that()
        .resideOutsideOfPackage(inside("cli"))
        .and(DescribedPredicate.not(resideInAnyPackage(inside("journal")).and(named("Terminal.*"))))
        .and(DescribedPredicate.not(resideInAnyPackage(inside("bench")).and(named(".+Worker"))))
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(HOUSE);
  }

  @Test
  void nobodyUsesJavaUtilLogging() {
    GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(HOUSE);
  }

  @Test
  void everyPackageIsNullMarked() {
    var unmarked =
        HOUSE.stream()
            .filter(c -> !c.getSimpleName().equals("package-info"))
            .map(JavaClass::getPackageName)
            .distinct()
            .filter(name -> !isNullMarked(name))
            .sorted()
            .toList();
    assertEquals(List.of(), unmarked, "packages without @NullMarked in their package-info.java");
  }

  /** A rule that no class can break proves nothing: the same rule must find a true import. */
  @Test
  void theRulesBite() {
    assertThrows(
        AssertionError.class,
        () ->
            noClasses()
                .that()
                .resideInAPackage(inside("cli"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(HOUSE));
  }

  private static String inside(String room) {
    return "inkstone." + room + "..";
  }

  private static DescribedPredicate<JavaClass> named(String pattern) {
    return DescribedPredicate.describe(
        "named " + pattern,
        c -> c.getFullName().substring(c.getPackageName().length() + 1).matches(pattern));
  }

  private static boolean isNullMarked(String name) {
    try {
      return Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class);
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
