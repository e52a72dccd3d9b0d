package a;
/** A rectangle. */
public class Rect<T> implements Shape {
    /** The width. */
    private final double width;
    public static final int LIMIT = 10;
    public Rect(double width) { this.width = width; }
    /** How large. */
    @Override
    public double size(int factor) throws Exception { return width * factor; }
    enum Kind { ONE, TWO }
    record Pair(int a, int b) {}
    interface Shape { double size(int factor) throws Exception; }
}
